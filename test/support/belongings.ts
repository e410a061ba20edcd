import type { ExampleStage } from './example-stage.ts';
import { STORIES } from './example-stories.ts';
import { Caller, expectStatus, PASSWORD } from './world.ts';

/** An id, or what stands for one, by its prefix or its name. */
export type Belongings = Readonly<Record<string, string>>;

const HAVE = [
  ...['apiKeys.usage', 'webhookDeliveries.get', 'storeOrders.get', 'imports.get', 'wallet.document'],
  ...['orders.cancel', 'claims.say'],
];

async function of(stage: ExampleStage, call: string): Promise<Belongings> {
  const { ids = {}, names = {} } = (await STORIES[call]?.(stage)) ?? {};
  return { ...names, ...ids };
}

/** One of everything that can be a merchant's. */
export async function belongingsOf(stage: ExampleStage): Promise<Belongings> {
  const { caller } = stage.shop;
  const own: Record<string, string> = {};
  const { evd: evidence = '', ret = '' } = await of(stage, 'returns.getEvidence');
  for (const call of HAVE) Object.assign(own, await of(stage, call));
  const { clm = '', evd = '' } = stage.ids;
  const read = async <T>(path: string): Promise<T> => expectStatus<T>(await caller.get(path), 200);
  const { order: claimed } = await read<{ order: string }>(`/v1/claims/${clm}`);
  const { order: returned, return_code } = await read<{ order: string; return_code: string }>(`/v1/returns/${ret}`);
  const { reference } = await read<{ reference: string }>(`/v1/orders/${own['ord'] ?? ''}`);
  const { data } = await read<{ data: [{ tracking_number: string }] }>('/v1/packages?status=delivered');
  const person = { email: stage.shop.email, password: PASSWORD };
  const session = await new Caller(stage.world.test, null).post('/v1/sessions', person);
  const { user, token } = expectStatus<{ user: { id: string }; token: string }>(session, 201);
  // so that there is something that the person did
  expectStatus(await new Caller(stage.world.test, token).post('/v1/membership', { plan: 'growth' }), 200);
  const { pay = '' } = await of(stage, 'payouts.get'); // of a merchant whom nothing open holds up
  return {
    ...{ ...stage.ids, ...own, clm, evd, ret, evidence, pay, claimed, returned, return_code, reference },
    ...{ usr: user.id, tracking_number: data[0].tracking_number },
  };
}

/** What is the operator's own. */
export async function houseBelongings(stage: ExampleStage): Promise<Belongings> {
  const { jnl: adjustment = '' } = await of(stage, 'adjustments.get');
  const { id: line = '' } = await of(stage, 'reconciliation.resolve');
  const { trm = '' } = await of(stage, 'tracking.message');
  const { mal = '' } = await of(stage, 'mails.get');
  const { sim = '' } = await of(stage, 'policies.get');
  const { rec = '' } = await of(stage, 'receipts.photo');
  return { adjustment, line, trm, mal, sim, rec };
}
