import pg from 'pg';
import { idIn, type IdPrefix } from '../../kernel/ids.ts';
import type { Asking, Entry } from './asking.ts';
import type { Trade } from './trade.ts';

/** What may come of a wish besides what was wished. */
const REFUSALS: Readonly<Record<string, readonly string[]>> = { order: ['out_of_stock'] };
const SHOWN = 5;

interface OrderRow {
  id: string;
  reference: string;
  status: string;
}

interface PackageRow {
  id: string;
  status: string;
  /** What was paid for it less what came back. */
  open: string;
}

/**
 * The clients' own log against the database: what was acknowledged is there once and as it was answered, what was
 * refused is not there, what was not answered is there at most once. Nothing else is there.
 */
export async function compareLog(url: string, asking: Asking, trade: Trade): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const read = async <T extends object>(sql: string): Promise<T[]> => (await client.query<T>(sql)).rows;
  try {
    const faults = [
      ...asking.faults,
      ...strange(asking.log),
      ...orders(asking.log, await read<OrderRow>(`SELECT id, reference, status FROM orders`)),
      ...topUps(asking.log, trade, await read<{ id: string; status: string }>(`SELECT id, status FROM top_up`)),
      ...broughtBack(
        trade,
        await read<PackageRow>(
          `SELECT id, status, (goods_paid_minor + shipping_paid_minor - refunded_minor)::text AS open FROM package`,
        ),
      ),
    ];
    return faults.length > 4 * SHOWN
      ? [...faults.slice(0, 4 * SHOWN), `and ${faults.length - 4 * SHOWN} more in the clients' log`]
      : faults;
  } finally {
    await client.end();
  }
}

/** Answers that no part of the load should ever get. */
function strange(log: readonly Entry[]): string[] {
  return log.flatMap(({ wish: { kind, key }, answer }) => {
    if (answer === null || answer.status < 300) return [];
    const { code = '' } = JSON.parse(answer.text) as { code?: string };
    return REFUSALS[kind]?.includes(code) === true
      ? []
      : [`${kind} ${key} was refused: ${answer.status} ${answer.text.slice(0, 300)}`];
  });
}

const settled = (log: readonly Entry[], kind: string): Entry[] => log.filter(({ wish }) => wish.kind === kind);

/** The id that was acknowledged; null: it was refused, or nothing was heard. */
function idOf({ answer }: Entry, prefix: IdPrefix): string | null {
  if (answer === null || answer.status >= 300) return null;
  const { id = '' } = JSON.parse(answer.text) as { id?: string };
  return idIn(prefix, id);
}

function orders(log: readonly Entry[], there: readonly OrderRow[]): string[] {
  const faults: string[] = [];
  const byReference = new Map<string, OrderRow[]>();
  for (const row of there) byReference.set(row.reference, [...(byReference.get(row.reference) ?? []), row]);
  for (const entry of settled(log, 'order')) {
    const { reference } = entry.wish.body as { reference: string };
    const [row, ...more] = byReference.get(reference) ?? [];
    byReference.delete(reference);
    if (more.length > 0) faults.push(`order ${reference} is there ${1 + more.length} times`);
    const id = idOf(entry, 'ord');
    if (id !== null && row?.id !== id)
      faults.push(`order ${reference} was acknowledged as ${id}, there is ${row?.id ?? 'none'}`);
    if (id === null && entry.answer !== null && row !== undefined)
      faults.push(`order ${reference} was refused and is there`);
  }
  for (const reference of byReference.keys()) faults.push(`order ${reference} is there and nobody wished it`);
  const statuses = new Map(there.map(({ id, status }) => [id, status]));
  for (const { wish, answer } of settled(log, 'cancellation')) {
    const id = idIn('ord', wish.path.split('/')[3] ?? '') ?? '';
    if (answer !== null && statuses.get(id) !== 'cancelled')
      faults.push(`order ${id} was cancelled and is ${statuses.get(id) ?? 'gone'}`);
  }
  return faults;
}

function topUps(log: readonly Entry[], { places }: Trade, there: readonly { id: string; status: string }[]): string[] {
  const statuses = new Map(there.map(({ id, status }) => [id, status]));
  const wished = settled(log, 'top-up');
  const faults = wished.flatMap((entry) => {
    const id = idOf(entry, 'top');
    return id === null || statuses.has(id) ? [] : [`top-up ${id} was acknowledged and is gone`];
  });
  const unheard = wished.filter(({ answer }) => answer === null).length;
  const others = there.length - places.shops.length - wished.length;
  if (others > 0 || others < -unheard)
    faults.push(
      `${there.length} top-ups for ${wished.length} wishes (${unheard} unheard) and ${places.shops.length} first ones`,
    );
  for (const { wish, answer } of settled(log, 'confirmation')) {
    const id = idIn('top', wish.path.split('/')[3] ?? '') ?? '';
    if (answer !== null && statuses.get(id) !== 'received')
      faults.push(`top-up ${id} was confirmed and is ${statuses.get(id) ?? 'gone'}`);
  }
  return faults;
}

function broughtBack({ broughtBack: ids }: Trade, there: readonly PackageRow[]): string[] {
  const byId = new Map(there.map((row) => [row.id, row]));
  return ids.flatMap((shown) => {
    const row = byId.get(idIn('pkg', shown) ?? '');
    return row?.status === 'rto_delivered' && row.open === '0'
      ? []
      : [
          `package ${shown} came back and is ${row?.status ?? 'gone'}, ${row?.open ?? '?'} of what was paid for it not given back`,
        ];
  });
}
