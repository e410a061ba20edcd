/** A rule of the whole house, as a question to the database: each row that it answers is a fault. */
export interface Rule {
  holds: string;
  /** Answers a column `fault`. */
  faults: string;
}

const IN_THE_HOUSE = `('planned', 'picking', 'packed', 'labelled')`;

const STOCK: readonly Rule[] = [
  {
    holds: 'stock on hand = received - shipped + adjusted',
    faults: `SELECT format('%s in %s: %s on hand, %s by its movements', s.sku, s.warehouse, s.on_hand, coalesce(m.units, 0)) AS fault
      FROM stock s LEFT JOIN (SELECT sku, warehouse, sum(quantity) AS units FROM stock_movement GROUP BY sku, warehouse) m USING (sku, warehouse)
      WHERE s.on_hand <> coalesce(m.units, 0)`,
  },
  {
    holds: 'what was shipped is what left in packages',
    faults: `WITH left_us AS (
        SELECT i.sku, p.warehouse, sum(i.quantity) AS units FROM package p JOIN package_item i ON i.merchant_id = p.merchant_id AND i.package_id = p.id
        WHERE p.handed_over_at IS NOT NULL GROUP BY i.sku, p.warehouse
      ), shipped AS (
        SELECT sku, warehouse, -sum(quantity) AS units FROM stock_movement WHERE reason = 'shipment' GROUP BY sku, warehouse)
      SELECT format('%s in %s: %s shipped, %s in packages that left', sku, warehouse, coalesce(s.units, 0), coalesce(l.units, 0)) AS fault
      FROM left_us l FULL JOIN shipped s USING (sku, warehouse) WHERE coalesce(s.units, 0) <> coalesce(l.units, 0)`,
  },
  {
    holds: '0 <= reserved <= on hand, and it is what packages in the house and no back-order wait for',
    faults: `WITH promised AS (
        SELECT i.sku, p.warehouse, sum(i.quantity) AS units FROM package p JOIN package_item i ON i.merchant_id = p.merchant_id AND i.package_id = p.id
        WHERE p.status IN ${IN_THE_HOUSE} GROUP BY i.sku, p.warehouse
      ), owed AS (SELECT sku, warehouse, sum(quantity) AS units FROM back_order GROUP BY sku, warehouse)
      SELECT format('%s in %s: %s on hand, %s reserved, %s back-ordered; packages wait for %s, back-orders are %s', s.sku, s.warehouse,
        s.on_hand, s.reserved, s.backordered, coalesce(p.units, 0), coalesce(o.units, 0)) AS fault
      FROM stock s LEFT JOIN promised p USING (sku, warehouse) LEFT JOIN owed o USING (sku, warehouse)
      WHERE s.reserved < 0 OR s.reserved > s.on_hand OR s.backordered <> coalesce(o.units, 0)
        OR s.reserved <> coalesce(p.units, 0) - coalesce(o.units, 0)`,
  },
];

/** Changes that are told once each: the rows, and which event tells of them by which field of its payload. */
const TOLD: readonly { event: string; of: string; field: string }[] = [
  { event: 'order.placed', of: `SELECT merchant_id, id FROM orders`, field: 'orderId' },
  { event: 'order.paid', of: `SELECT merchant_id, id FROM orders WHERE paid_at IS NOT NULL`, field: 'orderId' },
  { event: 'order.cancelled', of: `SELECT merchant_id, id FROM orders WHERE status = 'cancelled'`, field: 'orderId' },
  {
    ...{ event: 'package.handed_over', field: 'packageId' },
    of: `SELECT merchant_id, id FROM package WHERE handed_over_at IS NOT NULL`,
  },
  {
    ...{ event: 'package.cancelled', field: 'packageId' },
    of: `SELECT merchant_id, id FROM package WHERE status = 'cancelled'`,
  },
  {
    ...{ event: 'package.delivered', field: 'packageId' },
    of: `SELECT merchant_id, package_id AS id FROM tracking_told WHERE word = 'delivered' AND ordinal = 1`,
  },
  {
    ...{ event: 'package.rto_delivered', field: 'packageId' },
    of: `SELECT merchant_id, package_id AS id FROM tracking_told WHERE word = 'rto_delivered' AND ordinal = 1`,
  },
  {
    ...{ event: 'topup.received', field: 'topUpId' },
    of: `SELECT merchant_id, id FROM top_up WHERE status = 'received'`,
  },
  {
    ...{ event: 'wallet.debited', field: 'journalId' },
    of: `SELECT merchant_id, id FROM ledger_journal WHERE type = 'order_charge'`,
  },
  {
    ...{ event: 'wallet.credited', field: 'journalId' },
    of: `SELECT merchant_id, id FROM ledger_journal WHERE type IN ('refund', 'top_up')`,
  },
];

const toldOnce = ({ event, of, field }: (typeof TOLD)[number]): Rule => ({
  holds: `each change has its ${event}, once`,
  faults: `WITH changed AS (${of}), told AS (
      SELECT merchant_id, (payload->>'${field}')::uuid AS id, count(*) AS times FROM event WHERE name = '${event}' GROUP BY 1, 2)
    SELECT format('%s of %s, told %s times', coalesce(c.id, t.id), coalesce(c.merchant_id, t.merchant_id), coalesce(t.times, 0)) AS fault
    FROM changed c LEFT JOIN told t USING (merchant_id, id) WHERE t.times IS DISTINCT FROM 1`,
});

const EVENTS: readonly Rule[] = [
  ...TOLD.map(toldOnce),
  {
    holds: 'events are numbered for each merchant from 1 on without a gap',
    faults: `SELECT format('%s: %s events, numbers %s to %s, counter %s', e.merchant_id, count(*), min(e.sequence), max(e.sequence), c.last) AS fault
      FROM event e LEFT JOIN event_counter c USING (merchant_id) GROUP BY e.merchant_id, c.last
      HAVING count(e.sequence) <> count(*) OR count(DISTINCT e.sequence) <> count(*) OR min(e.sequence) <> 1
        OR max(e.sequence) <> count(*) OR c.last IS DISTINCT FROM count(*)`,
  },
  {
    holds: 'every listener has had every event',
    faults: `SELECT format('%s waits for %s (%s tries): %s', listener, event_id, attempts, last_error) AS fault FROM event_delivery
      UNION ALL SELECT format('the patient wait for %s', event_id) FROM event_later`,
  },
  {
    holds: 'every event is in the feed, once and under its number',
    faults: `SELECT format('%s %s of %s', e.name, e.id, e.merchant_id) AS fault FROM event e
      LEFT JOIN event_view v ON v.merchant_id = e.merchant_id AND v.id = e.id WHERE v.sequence IS DISTINCT FROM e.sequence`,
  },
  {
    holds: 'each event has a delivery for each endpoint that asks for it',
    // told some seconds after it was made; not since its first delivery: that may be a test, or an old event sent again
    faults: `SELECT format('%s %s to %s', v.type, v.id, w.id) AS fault FROM webhook_endpoint w
      JOIN event_view v ON v.merchant_id = w.merchant_id AND v.sequence > 0
        AND uuid_extract_timestamp(v.id) > uuid_extract_timestamp(w.id) + interval '5 s'
        AND w.events && ARRAY['*', v.type, split_part(v.type, '.', 1) || '.*']
      WHERE w.deleted_at IS NULL AND w.disabled_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.merchant_id = w.merchant_id AND d.endpoint_id = w.id AND d.event_id = v.id)
        -- it asked for other events once, or for none: what came meanwhile is not its own
        AND NOT EXISTS (SELECT 1 FROM audit_entry a WHERE a.merchant_id = w.merchant_id AND a.subject = 'webhook_endpoint'
          AND a.subject_id = w.id::text AND a.before IS NOT NULL AND (a.after ? 'events' OR a.after ? 'status'))`,
  },
];

const MONEY: readonly Rule[] = [
  {
    holds: 'an order that is paid was charged once what it costs, one that is not was not',
    faults: `SELECT format('%s %s of %s: total %s, charged %s', o.status, o.id, o.merchant_id, o.total_minor, c.amount_minor) AS fault
      FROM orders o LEFT JOIN ledger_journal j ON j.merchant_id = o.merchant_id AND j.key = 'order:' || o.id
      LEFT JOIN ledger_charge c ON c.merchant_id = j.merchant_id AND c.number = j.number
      WHERE (o.paid_at IS NOT NULL AND o.total_minor > 0 AND c.amount_minor IS DISTINCT FROM o.total_minor) OR (o.paid_at IS NULL AND c.amount_minor IS NOT NULL)`,
  },
  {
    holds: 'what a package shows as refunded is what the ledger gave back for it, and no more than was paid',
    faults: `SELECT format('%s of %s: shows %s, ledger %s, paid %s', p.id, p.merchant_id, p.refunded_minor, coalesce(r.minor, 0),
        p.goods_paid_minor + p.shipping_paid_minor) AS fault
      FROM package p LEFT JOIN (SELECT merchant_id, package_id, sum(amount_minor) AS minor FROM ledger_refund GROUP BY 1, 2) r
        ON r.merchant_id = p.merchant_id AND r.package_id = p.id
      WHERE p.refunded_minor <> coalesce(r.minor, 0) OR p.refunded_minor > p.goods_paid_minor + p.shipping_paid_minor`,
  },
  {
    holds: 'a top-up that was received is one journal, one that was not is none',
    faults: `SELECT format('%s %s of %s: %s journals', t.status, t.id, t.merchant_id, count(j.id)) AS fault
      FROM top_up t LEFT JOIN ledger_journal j ON j.merchant_id = t.merchant_id AND j.type = 'top_up' AND j.cause_id = t.id::text
      GROUP BY t.merchant_id, t.id HAVING count(j.id) <> (t.status = 'received')::int`,
  },
];

const WHOLE: readonly Rule[] = [
  {
    holds: 'no request is half done: every claimed key has its answer',
    faults: `SELECT format('%s of %s', key, owner_id) AS fault FROM idempotency WHERE status IS NULL`,
  },
  {
    holds: 'an order has its lines, its packages and in them every unit',
    faults: `SELECT format('%s of %s: %s units ordered, %s in packages', o.id, o.merchant_id, l.units, p.units) AS fault FROM orders o
      LEFT JOIN LATERAL (SELECT sum(quantity) AS units FROM order_line WHERE merchant_id = o.merchant_id AND order_id = o.id) l ON true
      LEFT JOIN LATERAL (SELECT sum(i.quantity) AS units FROM package k JOIN package_item i ON i.merchant_id = k.merchant_id AND i.package_id = k.id
        WHERE k.merchant_id = o.merchant_id AND k.order_id = o.id) p ON true
      WHERE l.units IS NULL OR l.units IS DISTINCT FROM p.units`,
  },
  {
    holds: 'everything that couriers said is folded',
    faults: `SELECT format('%s of %s', package_id, merchant_id) AS fault FROM tracking_due`,
  },
];

export const RULES: readonly Rule[] = [...STOCK, ...EVENTS, ...MONEY, ...WHOLE];

/** Which table a column leads to, where it is among a merchant's rows. */
export const PARENTS: Readonly<Record<string, string>> = {
  order_id: 'orders',
  package_id: 'package',
  claim_id: 'claim',
  return_id: 'goods_return',
  decision_id: 'decision',
  journal_id: 'ledger_journal',
  top_up_id: 'top_up',
  payout_id: 'payout',
  membership_id: 'membership',
  endpoint_id: 'webhook_endpoint',
  delivery_id: 'webhook_delivery',
  event_id: 'event',
  store_id: 'store',
  store_order_id: 'store_order',
  mail_id: 'mail',
  key_id: 'api_key',
};
