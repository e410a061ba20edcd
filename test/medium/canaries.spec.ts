import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { build, ServiceProcess, until } from '../support/process.ts';
import { Receiver } from '../support/receiver.ts';
import { usd } from '../support/world.ts';

const ADMIN = { email: 'admin@operator.example', password: 'canary of an administrator' };
const BUYER = {
  name: 'Zebedee Canarybird',
  phone: '+31655509911',
  email: 'canary@buyers.example',
  line1: 'Kanariestraat 77',
};
const SHIP_TO = { ...BUYER, city: 'Amersfoort', postal_code: '3811 AB', country: 'NL' };
const PASSWORD = 'canary of a merchant';
const IBAN = 'DE89370400440532013000';

/** What of an answer goes on with the story. */
interface Answer {
  id: string;
  token: string;
  secret: string;
  api_key: { secret: string };
  packages: { id: string }[];
}

interface Reply {
  status: number;
  text: string;
  body: Answer;
}

let service: ServiceProcess;
const receiver = new Receiver();
const problems: string[] = [];

beforeAll(async () => {
  build();
  const settings = { DATABASE_URL: process.env['DATABASE_URL'] ?? '', SANDBOX: 'true', LOG_LEVEL: 'trace' };
  const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, WEBHOOK_ALLOW_LOCAL: 'true' };
  service = await (await ServiceProcess.start({ ...settings, ...admin })).ready();
}, 60_000);
afterAll(async () => {
  await service.stop();
  await receiver.stop();
});

async function send(method: string, path: string, token: string | null, body?: unknown): Promise<Reply> {
  const answer = await fetch(service.url + path, {
    method,
    headers: {
      ...{ 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status >= 400) problems.push(text);
  return { status: answer.status, text, body: JSON.parse(text.startsWith('{') ? text : '{}') as Answer };
}

async function must(status: number, ...asked: Parameters<typeof send>): Promise<Answer> {
  const reply = await send(...asked);
  expect({ asked: asked[1], status: reply.status, text: reply.text }).toMatchObject({ status });
  return reply.body;
}

it('what is secret or a buyer’s is in no log line, error, metric, event, webhook or audit entry', async () => {
  const { token: admin } = await must(201, 'POST', '/v1/sessions', null, ADMIN);
  const services = [
    { code: 'parcel', countries: ['*'], days: { min: 1, max: 2 }, max_weight_g: 9_000, max_units: 9, prices: [{ up_to_g: 9_000, amount: usd('5.00') }] },
  ]; // prettier-ignore
  await must(200, 'PUT', '/v1/warehouses/AMS', admin, { name: 'Amsterdam', country: 'NL' });
  await must(200, 'PUT', '/v1/couriers/dhl', admin, { name: 'DHL', services });
  await must(200, 'PUT', '/v1/variants/LAMP', admin, {
    ...{ title: 'Lamp', prices: [usd('20.00')], weight_g: 500, length_mm: 100, width_mm: 100, height_mm: 100 },
    ...{ handling: [], hs_code: '9405.21', origin: 'CN', backorder: false },
  });
  const receipt = { sku: 'LAMP', warehouse: 'AMS', quantity: 9, reason: 'receipt' };
  await must(201, 'POST', '/v1/stock-movements', admin, receipt);
  const person = { name: 'Shop', email: 'shop@merchants.example', password: PASSWORD, country: 'NL', currency: 'USD' };
  const made = await must(201, 'POST', '/v1/merchants', null, person);
  const key = made.api_key.secret;
  const session = await must(201, 'POST', '/v1/sessions', null, { email: person.email, password: PASSWORD });
  const hook = { url: await receiver.start(), events: ['*'] };
  const endpoint = await must(201, 'POST', '/v1/webhook-endpoints', key, hook);
  const topUp = await must(201, 'POST', '/v1/top-ups', key, { amount: usd('100.00'), method: 'bank_transfer' });
  await must(200, 'POST', `/v1/top-ups/${topUp.id}/confirmation`, admin, {
    amount: usd('100.00'),
    bank_reference: 'B-1',
  });
  const order = { reference: 'C-1', currency: 'USD', ship_to: SHIP_TO, items: [{ sku: 'LAMP', quantity: 1 }] };
  const placed = await must(201, 'POST', '/v1/orders', key, order);
  await must(200, 'PATCH', `/v1/orders/${placed.id}`, key, { ship_to: { ...SHIP_TO, line1: `${BUYER.line1} B` } });
  const pkg = `/v1/packages/${placed.packages[0]?.id ?? ''}`;
  await must(200, 'POST', `${pkg}/pick`, admin, {});
  await must(200, 'POST', `${pkg}/pack`, admin, { scans: [{ sku: 'LAMP', quantity: 1 }], weight_g: 600 });
  await must(200, 'POST', `${pkg}/label`, admin, { courier: 'dhl', service: 'parcel' });
  await must(200, 'POST', `${pkg}/hand-over`, admin, {});
  await must(200, 'POST', `/v1${pkg.slice(3).replace('/packages', '/sandbox/packages')}/simulation`, key, {
    story: 'rto',
  });

  // each is refused
  await must(422, 'POST', '/v1/orders', key, { ...order, reference: 'C-2', items: [{ sku: 'LAMP', quantity: 99 }] });
  await must(422, 'POST', '/v1/orders', key, { ...order, currency: 7, [BUYER.email]: BUYER.name });
  await must(400, 'POST', '/v1/orders', key, `{"ship_to": ${JSON.stringify(SHIP_TO)}`);
  await must(401, 'POST', '/v1/sessions', null, { ...ADMIN, password: PASSWORD });
  await must(401, 'GET', '/v1/orders', `${key}x`);
  await must(403, 'POST', `${pkg}/pick`, key, {});
  await must(409, 'POST', '/v1/payouts', key, { amount: usd('5.00'), destination: IBAN });
  await must(404, 'GET', `/v1/nothing/${placed.id}`, key);
  await must(200, 'POST', '/v1/sandbox/drain', admin, {});
  await until('the webhooks came', () => receiver.types().includes('package.rto_delivered'));

  const canaries = [
    ...Object.values(BUYER),
    ADMIN.password,
    PASSWORD,
    IBAN,
    key,
    session.token,
    admin,
    endpoint.secret,
  ];
  const places = {
    log: service.output,
    errors: problems.join('\n').replaceAll(`/${BUYER.email}`, ''), // where a field is wrong is the caller's own word
    metrics: (await send('GET', '/metrics', null)).text,
    events: (await send('GET', '/v1/events?limit=100', key)).text,
    audit: (await send('GET', '/v1/audit?limit=100', admin)).text,
    hooks: receiver.calls.map(({ body, headers }) => body + JSON.stringify(headers)).join('\n'),
  };
  for (const text of Object.values(places)) expect(text.length).toBeGreaterThan(1_000);
  const found = Object.entries(places).flatMap(([place, text]) =>
    canaries.filter((canary) => text.includes(canary)).map((canary) => `${canary} in ${place}`),
  );
  expect(found).toEqual([]);
}, 60_000);
