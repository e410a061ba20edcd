import vm from 'node:vm';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

interface Mail {
  id: string;
  kind: string;
  to: string;
  subject: string;
  text: string;
  html: string | null;
}

interface Preferences {
  language: string;
  preferences: { type: string; mode: string }[];
}

interface Order {
  id: string;
  packages: { id: string }[];
}

let test: TestApp;
let world: World;

beforeAll(async () => {
  test = await startApp({ SANDBOX_START: '2026-05-04T09:00:00Z' });
  world = await World.open(test);
  await world.catalogue();
});

afterAll(async () => {
  await test.close();
});

async function mails({ email }: Merchant, kind?: string): Promise<Mail[]> {
  await test.settle();
  const query = `to=${encodeURIComponent(email)}${kind === undefined ? '' : `&kind=${kind}`}`;
  const { data } = expectStatus<{ data: Mail[] }>(await world.admin.get(`/v1/mails?${query}&limit=100`), 200);
  return data;
}

const whole = async ({ id }: Mail): Promise<Mail> => expectStatus<Mail>(await world.admin.get(`/v1/mails/${id}`), 200);

const place = async ({ caller }: Merchant, reference: string): Promise<Order> =>
  expectStatus<Order>(await caller.post('/v1/orders', world.order(reference)), 201);

const prefer = async ({ caller }: Merchant, body: object): Promise<Preferences> =>
  expectStatus<Preferences>(await caller.put('/v1/notification-preferences', body), 200);

it('writes to the merchant of an order confirmed, shipped, brought back and refunded, each once', async () => {
  const merchant = await world.merchant('100.00');
  const order = await place(merchant, 'MAIL-1');
  const packageId = order.packages[0]?.id ?? '';
  await world.ship(packageId, '1Z0000000000000201');
  await test.settle();
  const event = { courier: 'ups', tracking_number: '1Z0000000000000201', occurred_at: test.clock.now().toISOString() };
  const events = ['rto_initiated', 'rto_delivered'].map((status) => ({ ...event, status }));
  for (let times = 0; times < 2; times += 1) {
    expectStatus(await world.admin.post('/v1/tracking/events', { events }), 200);
    await test.settle();
  }
  const kinds = (await mails(merchant)).map(({ kind }) => kind).sort();
  const expected = [
    'order_confirmed',
    'order_shipped',
    'refunded',
    'rto_delivered',
    'rto_initiated',
    'top_up_received',
  ];
  expect(kinds).toEqual(['email_verification', ...expected]);
  const [confirmed] = await mails(merchant, 'order_confirmed');
  const { subject, text, html } = await whole(confirmed as Mail);
  expect(subject).toBe('Order MAIL-1 is confirmed');
  expect(text).toContain('1 x The lamp: 20.00 USD');
  expect(text).toContain('Total: 25.00 USD');
  expect(html).toContain('<html lang="en">');
  const [refund] = await mails(merchant, 'refunded');
  expect((await whole(refund as Mail)).text).toContain('A refund of 25.00 USD is in your wallet.');
});

it('sends the confirmation again on request, once for each request', async () => {
  const merchant = await world.merchant('100.00');
  const stranger = await world.merchant();
  const order = await place(merchant, 'AGAIN-1');
  const path = `/v1/orders/${order.id}/confirmation`;
  const sent = expectStatus<object>(await merchant.caller.post(path, {}, 'the-same-key'), 200);
  expect(sent).toEqual({ order: order.id, sent_to: merchant.email });
  expectStatus(await merchant.caller.post(path, {}, 'the-same-key'), 200);
  expect(await mails(merchant, 'order_confirmed')).toHaveLength(2);
  expectStatus(await merchant.caller.post(path, {}), 200);
  expect(await mails(merchant, 'order_confirmed')).toHaveLength(3);
  expectStatus(await stranger.caller.post(path), 404);
});

it('writes in the language and the letters that a person prefers', async () => {
  const merchant = await world.merchant('200.00');
  const before = expectStatus<Preferences>(await merchant.caller.get('/v1/notification-preferences'), 200);
  expect(before.language).toBe('en');
  expect(new Set(before.preferences.map(({ mode }) => mode))).toEqual(new Set(['now']));
  const after = await prefer(merchant, { language: 'fr', preferences: [{ type: 'order_shipped', mode: 'off' }] });
  expect(after.preferences).toContainEqual({ type: 'order_shipped', mode: 'off' });
  expect(after.preferences).toContainEqual({ type: 'order_confirmed', mode: 'now' });
  const order = await place(merchant, 'FR-1');
  await world.ship(order.packages[0]?.id ?? '', '1Z0000000000000202');
  expect((await mails(merchant, 'order_confirmed')).map(({ subject }) => subject)).toEqual([
    'La commande FR-1 est confirmée',
  ]);
  expect(await mails(merchant, 'order_shipped')).toEqual([]);
  const refused = { preferences: [{ type: 'key_created', mode: 'off' }] };
  expectStatus(await merchant.caller.put('/v1/notification-preferences', refused), 422);
});

it('gathers letters for the day’s summary', async () => {
  const merchant = await world.merchant('200.00');
  await prefer(merchant, { preferences: [{ type: 'order_confirmed', mode: 'digest' }] });
  await place(merchant, 'DAY-1');
  await place(merchant, 'DAY-2');
  expect(await mails(merchant, 'order_confirmed')).toEqual([]);
  const now = '2026-05-05T07:00:00Z';
  expectStatus(await world.admin.post('/v1/sandbox/clock', { now }), 200);
  const digests = await mails(merchant, 'digest');
  expect(digests).toHaveLength(1);
  const { text } = await whole(digests[0] as Mail);
  expect(text).toContain('Your order DAY-1 is paid');
  expect(text).toContain('Your order DAY-2 is paid');
  expectStatus(await world.admin.post('/v1/sandbox/clock', { advance: 'P3D' }), 200);
  expect(await mails(merchant, 'digest')).toHaveLength(1);
});

it('tells of a new key at once, whatever is preferred', async () => {
  const merchant = await world.merchant();
  const key = expectStatus<{ id: string; last_four: string }>(
    await merchant.caller.post('/v1/api-keys', { name: 'second' }),
    201,
  );
  expectStatus(await merchant.caller.delete(`/v1/api-keys/${key.id}`), 204);
  const [created] = await mails(merchant, 'key_created');
  expect((await whole(created as Mail)).text).toContain(`ends in ${key.last_four}`);
  expect(await mails(merchant, 'key_revoked')).toHaveLength(1);
});

it('writes of each step of a claim', async () => {
  const merchant = await world.merchant('100.00');
  const order = await place(merchant, 'CLAIM-1');
  await world.ship(order.packages[0]?.id ?? '', '1Z0000000000000203');
  await test.settle();
  const delivered = {
    ...{ courier: 'ups', tracking_number: '1Z0000000000000203', status: 'delivered' },
    occurred_at: test.clock.now().toISOString(),
  };
  expectStatus(await world.admin.post('/v1/tracking/events', { events: [delivered] }), 200);
  await test.settle();
  const asked = { order: order.id, type: 'damaged', items: [{ line: 1, quantity: 1 }] };
  const claim = expectStatus<{ id: string }>(await merchant.caller.post('/v1/claims', asked), 201);
  expectStatus(await merchant.caller.post(`/v1/claims/${claim.id}/withdrawal`), 200);
  const kinds = new Set((await mails(merchant)).map(({ kind }) => kind));
  for (const kind of ['package_delivered', 'claim_opened', 'claim_closed']) expect(kinds).toContain(kind);
  const [closed] = await mails(merchant, 'claim_closed');
  const { subject, text } = await whole(closed as Mail);
  expect(subject).toBe('Order CLAIM-1: your claim is closed');
  expect(text).toContain(`Your claim ${claim.id} is closed.`);
  expect(text).toContain('Reason: withdrawn');
  expectStatus(await merchant.caller.post('/v1/claims', { ...asked, type: 'change_of_mind' }), 201);
  const [decided] = await mails(merchant, 'claim_decided');
  expect((await whole(decided as Mail)).text).toContain('Reason: A change of mind or a dislike is not a case');
});

it('is read by administrators in a browser: the list, and each mail as it looks, which runs and loads nothing', async () => {
  const merchant = await world.merchant('100.00');
  await place(merchant, 'MAIL-<b>PAGE</b>');
  const [mail] = await mails(merchant, 'order_confirmed');
  const page = async (path: string): Promise<string> => {
    const answer = await world.admin.send('get', path, undefined, { Accept: 'text/html,*/*;q=0.8' });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    return answer.text;
  };
  const list = await page(`/v1/mails?to=${encodeURIComponent(merchant.email)}&limit=1`);
  expect(list).toContain('<html lang="en">');
  expect(list).toMatch(/<th scope="col">Subject<\/th>/);
  expect(list).toMatch(/href="\/v1\/mails\?to=[^"]+&amp;limit=1&amp;cursor=[\w-]+">Older mails/);
  const shown = await page(`/v1/mails/${mail?.id ?? ''}`);
  expect(shown).toContain('<iframe sandbox title="The mail as it looks" srcdoc="&lt;!doctype html&gt;');
  expect(shown).not.toContain('<b>PAGE');
  expect(expectStatus<Mail>(await world.admin.get(`/v1/mails/${mail?.id ?? ''}`), 200).id).toBe(mail?.id);
  const door = await test.http.get('/mails');
  expect(door.text).toMatch(/<label for="password">/);
  expect((await test.http.get('/mails/mailbox.js')).headers['content-type']).toContain('text/javascript');
  expect((await merchant.caller.send('get', '/v1/mails', undefined, { Accept: 'text/html' })).status).toBe(403);
});

it.each([
  ['', '/v1/mails'],
  ['#/v1/mails?status=failed&limit=5', '/v1/mails?status=failed&limit=5'],
  ['#/v1/mails/mal_1', '/v1/mails/mal_1'],
  ['#//elsewhere.example/v1/orders', '/v1/mails'],
  ['#https://elsewhere.example/v1/mails', '/v1/mails'],
  ['#/v1/mails/../merchants', '/v1/mails'],
  ['#/v1/mailsbox', '/v1/mails'],
])('takes the session of who signs in under %s to %s', async (hash, place) => {
  const script = (await test.http.get('/mails/mailbox.js')).text;
  const asked: string[] = [];
  const submitted: ((event: object) => Promise<void>)[] = [];
  const field = { value: '', textContent: '', replaceWith: () => undefined, focus: () => undefined };
  const form = { addEventListener: (_: string, heard: (event: object) => Promise<void>) => submitted.push(heard) };
  const browser = {
    ...{ URL, addEventListener: () => undefined, location: { hash, origin: 'https://waybill.example' } },
    document: {
      ...{ getElementById: () => field, addEventListener: () => undefined },
      querySelector: (what: string) => (what === 'form' ? form : field),
    },
    DOMParser: class {
      parseFromString = () => ({ querySelector: () => field });
    },
    fetch: (path: string) => {
      asked.push(path);
      const answer = { ok: true, json: () => ({ token: 'session' }), text: () => '' };
      return Promise.resolve(answer);
    },
  };
  vm.runInNewContext(script, browser);
  await submitted[0]?.({ preventDefault: () => undefined });
  expect([field.textContent, ...asked]).toEqual(['', '/v1/sessions', place]);
});
