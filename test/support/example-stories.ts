import { rows } from '../../src/database/sql.ts';
import { idOut } from '../../src/kernel/ids.ts';
import type { Order } from './case.ts';
import { until } from './process.ts';
import { Caller, expectStatus, usd } from './world.ts';
import { LAMP, type ExampleStage, type Prepared } from './example-stage.ts';

type Story = (stage: ExampleStage) => Promise<Prepared> | Prepared;

const onPackage =
  (bring: (stage: ExampleStage) => Promise<{ pkg: string; ord?: string }>): Story =>
  async (stage) => ({ ids: await bring(stage) });

const onReturn =
  (bring: (stage: ExampleStage) => Promise<{ id: string }>): Story =>
  async (stage) => ({ ids: { ret: (await bring(stage)).id } });

const onClaim: Story = async (stage) => ({ ids: { clm: (await stage.claim()).id } });
const failed = onPackage((stage) => stage.told('attempt_failed'));

const draft: Story = async (stage) => {
  const id = `draft-${stage.next()}`;
  await stage.act('/v1/policies', { id, based_on: 'courier-proof', tracking: { late_after_days: 10 } });
  return { names: { id } };
};

const delivery: Story = async (stage) => {
  const endpoint = await stage.endpoint();
  const sent = await stage.shop.caller.post(`/v1/webhook-endpoints/${endpoint}/test`);
  return { ids: { whe: endpoint, whd: expectStatus<{ id: string }>(sent, 200).id } };
};

const keyOf: Story = async (stage) => ({ ids: { key: await stage.key() } });

const stopped = async (stage: ExampleStage): Promise<{ pkg: string }> => {
  const ids = await stage.labelled();
  expectStatus(await stage.shop.caller.post(`/v1/orders/${ids.ord}/cancellation`), 200);
  return ids;
};

const heldOrder = async (stage: ExampleStage, change: object = {}): Promise<{ sto: string; sor: string }> => {
  const { id } = await stage.store();
  const body = JSON.stringify({ ...(stage.examples.get('stores.receive') as object), ...change });
  const answer = await stage.world.test.http
    .post(`/v1/stores/${id}/webhook`)
    .set({ 'content-type': 'application/json', ...stage.signed.shopify(body) })
    .send(body);
  return { sto: id, sor: expectStatus<{ store_order: { id: string } }>(answer, 200).store_order.id };
};

const mapped = async (stage: ExampleStage, store: string): Promise<void> => {
  const path = `/v1/stores/${store}/skus/SHOP-LAMP`;
  expectStatus(await stage.shop.caller.put(path, { sku: 'LAMP-01', quantity: 1 }), 200);
};

const photographed: Story = async (stage) => {
  const receipt = await stage.act('/v1/receipts', { code: `R-${stage.next()}`, warehouse: 'AMS' });
  const { id } = receipt.body as { id: string };
  await stage.show(`/v1/receipts/${id}/photo`, stage.world.admin);
  return { ids: { rec: id } };
};

const imported: Story = async (stage) => {
  const csv = { 'Content-Type': 'text/csv' };
  const sent = await stage.shop.caller.send('post', '/v1/imports/orders', stage.examples.get('imports.orders'), csv);
  return { ids: { imp: expectStatus<{ id: string }>(sent, 200).id } };
};

const simulated: Story = async (stage) => {
  const made = await stage.act('/v1/policies/courier-proof/simulations', stage.examples.get('policies.run'));
  return { ids: { sim: (made.body as { id: string }).id } };
};

const drawn: Story = async ({ shop, examples }) => {
  const path = '/v1/wallet/statement-documents';
  const { id } = expectStatus<{ id: string }>(await shop.caller.post(path, examples.get('wallet.askDocument')), 202);
  await until('it is drawn', async () => {
    const { status } = expectStatus<{ status: string }>(await shop.caller.get(`${path}/${id}`), 200);
    return status === 'done';
  });
  return { ids: { doc: id } };
};

const adjustment: Story = async (stage) => {
  const body = { merchant: stage.shop.id, amount: usd('5000.00'), reason: 'a great goodwill' };
  return { ids: { jnl: ((await stage.act('/v1/adjustments', body)).body as { id: string }).id }, by: stage.second };
};

const message: Story = async (stage) => {
  const body = { ...(stage.examples.get('tracking.receive') as object), id: `evt_${stage.next()}` };
  expectStatus(await new Caller(stage.world.test, null).post('/v1/tracking/easypost', body), 200);
  const [row] = await rows<{ id: string }>(
    stage.world.test.db,
    `SELECT id FROM tracking_message WHERE source = 'easypost' LIMIT 1`,
  );
  return { ids: { trm: idOut('trm', row?.id ?? '') } };
};

const payout =
  (to: 'requested' | 'approved'): Story =>
  async (stage) => {
    const { id } = await stage.payout();
    if (to === 'approved') await stage.act(`/v1/payouts/${id}/approval`);
    return { ids: { pay: id } };
  };

/** What has to be there before the example of a call is sent; the others need what the stage has anyway. */
export const STORIES: Readonly<Record<string, Story>> = {
  'merchant.close': async (stage) => ({ by: (await stage.world.merchant()).caller }),
  'merchants.suspend': async (stage) => ({ ids: { mer: (await stage.world.merchant()).id } }),
  'merchants.reinstate': async (stage) => {
    const { id } = await stage.world.merchant();
    await stage.act(`/v1/merchants/${id}/suspend`);
    return { ids: { mer: id } };
  },
  'merchants.change': async (stage) => ({ ids: { mer: (await stage.world.merchant()).id } }),
  'sessions.close': async (stage) => ({ by: await stage.session() }),
  'passwordResets.reset': async (stage) => {
    const { email } = await stage.world.merchant();
    await new Caller(stage.world.test, null).post('/v1/password-resets', { email });
    return { names: { token: await stage.mailed('password_reset', email) } };
  },
  'emailVerifications.verify': async (stage) => {
    const { email } = await stage.world.merchant();
    return { names: { token: await stage.mailed('email_verification', email) } };
  },
  'apiKeys.change': keyOf,
  'apiKeys.rotate': keyOf,
  'apiKeys.revoke': keyOf,
  'apiKeys.usage': keyOf,
  'erasures.erase': async (stage) => {
    const order = await stage.cases.place(LAMP);
    expectStatus(await stage.shop.caller.post(`/v1/orders/${order.id}/cancellation`), 200);
    await stage.world.test.settle();
    return { ids: { ord: order.id } };
  },

  'orders.changeAddress': onPackage((stage) => stage.planned()),
  'orders.cancel': onPackage((stage) => stage.planned()),
  'packages.pick': onPackage((stage) => stage.planned()),
  'packages.pack': onPackage(async (stage) => {
    const ids = await stage.planned();
    await stage.act(`/v1/packages/${ids.pkg}/pick`);
    return ids;
  }),
  'packages.putLabel': onPackage((stage) => stage.packed()),
  'packages.handOver': onPackage((stage) => stage.labelled()),
  'manifests.make': onPackage((stage) => stage.labelled()),
  'packages.interception': onPackage(stopped),
  'packages.receipt': onPackage((stage) => stage.told('rto_initiated')),
  'packages.review': onPackage(async (stage) => {
    const ids = await stage.told('rto_initiated');
    await stage.act(`/v1/packages/${ids.pkg}/receipt`, { unopened: false, original_label: true, condition: 'used' });
    await stage.world.test.settle();
    return ids;
  }),
  'packages.of': failed,
  'packages.instruct': failed,
  'packages.passOn': onPackage(async (stage) => {
    const ids = await stage.told('attempt_failed');
    await stage.act(`/v1/packages/${ids.pkg}/delivery-instruction`, { action: 'hold_for_pickup' });
    return ids;
  }),
  'packages.askForProof': failed,
  'packages.answerProof': onPackage(async (stage) => {
    const ids = await stage.told('attempt_failed');
    await stage.act(`/v1/packages/${ids.pkg}/proof-of-attempt`, {});
    return ids;
  }),
  'sandbox.simulate': onPackage((stage) => stage.labelled()),

  'tracking.message': message,
  'tracking.readAgain': async (stage) => {
    const prepared = await message(stage);
    await rows(stage.world.test.db, `UPDATE tracking_message SET state = 'unreadable', problem = 'a fault of ours'`);
    return prepared;
  },
  'receipts.photo': photographed,
  'policies.get': simulated,
  'policies.changes': simulated,
  'tracking.publish': async (stage) => {
    const seen = await stage.act('/v1/tracking/mappings/preview', stage.examples.get('tracking.mappingsPreview'));
    return { words: { 'as the preview answered it': (seen.body as { fingerprint: string }).fingerprint } };
  },

  'tracking.withdraw': async (stage) => {
    const meaning = { source: 'ups', code: 'ZZ', status: 'in_transit' };
    const seen = await stage.act('/v1/tracking/mappings/preview', meaning);
    await stage.act('/v1/tracking/mappings', {
      ...meaning,
      fingerprint: (seen.body as { fingerprint: string }).fingerprint,
    });
    return {};
  },

  'policies.write': draft,
  'policies.draft': draft,
  'policies.drop': draft,
  'policies.draftDecide': draft,
  'policies.publish': draft,

  'claims.supplement': onClaim,
  'claims.say': onClaim,
  'claims.withdraw': onClaim,
  'claims.appeal': async (stage) => {
    const { id } = await stage.claim();
    await stage.act(`/v1/claims/${id}/decision`, { outcome: 'deny', note: 'The box is whole.' });
    return { ids: { clm: id } };
  },
  'claims.decide': onClaim,
  'claims.add': onClaim,
  'claims.open': async (stage) => {
    const parcel = await stage.delivered();
    return { ids: { ord: parcel.order.id, pkg: parcel.id } };
  },
  'returns.ask': async (stage) => {
    const parcel = await stage.delivered();
    return { ids: { ord: parcel.order.id, pkg: parcel.id } };
  },
  'returns.decide': onReturn(async (stage) => {
    const back = await stage.authorised();
    await stage.cases.received(back.return_code, { condition: 'used', unopened: false });
    return back;
  }),
  'returns.getEvidence': async (stage) => {
    const { id } = await stage.authorised();
    const shown = await stage.show(`/v1/returns/${id}/evidence`, stage.shop.caller);
    return { ids: { ret: id, evd: /evd_[0-9a-z]{26}/.exec(shown.text)?.[0] ?? '' } };
  },
  'returns.addEvidence': onReturn((stage) => stage.authorised()),
  'returns.enclosed': onReturn((stage) => stage.authorised()),
  'returns.label': onReturn((stage) => stage.authorised()),
  'returns.approve': onReturn((stage) => stage.asked()),
  'returns.sent': onReturn((stage) => stage.authorised()),
  'returns.receive': async (stage) => ({ names: { code: (await stage.authorised()).return_code ?? '' } }),

  'reconciliation.resolve': async (stage) => {
    const csv = `Date,Amount,Currency,Reference,ID\n2026-05-01,5.00,USD,thanks,B-${stage.next()}`;
    const sent = await stage.world.admin.send('post', '/v1/imports/bank', csv, { 'Content-Type': 'text/csv' });
    expectStatus(sent, 200);
    const report = await stage.world.admin.get('/v1/reconciliation?currency=USD');
    const { items } = expectStatus<{ items: { line: string | null }[] }>(report, 200);
    return { names: { id: items.find(({ line }) => line !== null)?.line ?? '' } };
  },
  'wallet.document': drawn,
  'wallet.documentFile': drawn,
  'imports.get': imported,
  'imports.failed': imported,
  'mails.get': async (stage) => ({ ids: { mal: await stage.mailId('email_verification', stage.shop.email) } }),
  'mails.attachment': async (stage) => {
    await stage.act('/v1/sandbox/clock', { advance: 'P32D' });
    return { ids: { mal: await stage.mailId('monthly_statement', stage.shop.email) } };
  },
  'topUps.confirm': async (stage) => ({ ids: { top: await stage.topUp() } }),
  'payouts.request': async (stage) => {
    const merchant = await stage.world.merchant('100.00');
    await stage.world.verifyEmail(merchant);
    return { by: merchant.caller };
  },
  'payouts.get': async (stage) => {
    const { id, by } = await stage.payout();
    return { ids: { pay: id }, by };
  },
  'payouts.approve': payout('requested'),
  'payouts.reject': payout('requested'),
  'payouts.pay': payout('approved'),
  'payments.receive': async (stage) => ({ ids: { top: await stage.topUp() }, headers: stage.signed.stripe }),
  'adjustments.get': adjustment,
  'adjustments.decide': adjustment,

  'membership.withdraw': async (stage) => {
    const { caller } = await stage.world.merchant('100.00');
    expectStatus(await caller.post('/v1/membership', { plan: 'growth' }), 200);
    expectStatus(await caller.post('/v1/membership', { plan: 'starter' }), 200);
    return { by: caller };
  },

  'webhookEndpoints.remove': async (stage) => ({ ids: { whe: await stage.endpoint() } }),
  'webhookDeliveries.get': delivery,
  'webhookDeliveries.again': delivery,

  'stores.remove': async (stage) => ({ ids: { sto: (await stage.store()).id } }),
  'stores.receive': async (stage) => ({ ids: { sto: (await stage.store()).id }, headers: stage.signed.shopify }),
  'stores.unmap': async (stage) => {
    const { id } = await stage.store();
    await mapped(stage, id);
    return { ids: { sto: id } };
  },
  'storeOrders.get': async (stage) => ({ ids: await heldOrder(stage) }),
  'storeOrders.release': async (stage) => {
    const ids = await heldOrder(stage, { financial_status: 'pending' });
    await mapped(stage, ids.sto);
    return { ids };
  },
  'storeOrders.tellAgain': async (stage) => {
    const { sto } = await heldOrder(stage, { id: 4711, name: '#4711' });
    await mapped(stage, sto);
    await stage.world.test.settle();
    const held = await stage.shop.caller.get('/v1/store-orders?status=placed');
    const [{ order }] = expectStatus<{ data: [{ order: string }] }>(held, 200).data;
    const placed = expectStatus<Order>(await stage.shop.caller.get(`/v1/orders/${order}`), 200);
    const pkg = placed.packages[0]?.id ?? '';
    await stage.world.ship(pkg, 'JVGL0000000000004711', 'dhl', 'parcel');
    await stage.world.test.settle();
    await rows(stage.world.test.db, `UPDATE store_dispatch SET status = 'failed', next_at = NULL`);
    return { names: { package: pkg } };
  },
};
