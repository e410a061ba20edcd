import { createHmac } from 'node:crypto';
import { rows } from '../../src/database/sql.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { World } from '../support/world.ts';

const SECRET = 'the new secret';
const BODY = JSON.stringify({ result: { tracking_code: 'EZ1', status: 'in_transit', tracking_details: [] } });

describe('couriers’ messages outside the sandbox', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startApp({
      SANDBOX: 'false',
      COURIER_EASYPOST_SECRET: `${SECRET},the old one`,
      COURIER_SHIPPO_SECRET: 'in-the-address',
    });
  });

  afterAll(() => test.close());

  const signed = (secret: string): string =>
    `hmac-sha256-hex=${createHmac('sha256', secret).update(BODY).digest('hex')}`;

  const push = (source: string, signature?: string) => {
    const call = test.http.post(`/v1/tracking/${source}`).set('Content-Type', 'application/json');
    return (signature === undefined ? call : call.set('X-Hmac-Signature', signature)).send(BODY);
  };

  it('takes a message that is signed with the new secret or the old one', async () => {
    expect((await push('easypost', signed(SECRET))).body).toEqual({ accepted: 0, duplicates: 0, unmatched: 0 });
    expect((await push('easypost', signed('the old one'))).status).toBe(200);
  });

  it('refuses a wrong signature and a missing one, and keeps neither', async () => {
    const before = await rows(test.db, `SELECT id, seen FROM tracking_message`);
    for (const answer of [await push('easypost', signed('guessed')), await push('easypost')]) {
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([401, 'invalid_signature']);
    }
    expect(await rows(test.db, `SELECT id, seen FROM tracking_message`)).toEqual(before);
  });

  it('takes Shippo’s messages at the address that holds its secret, and no other source’s', async () => {
    expect((await push('shippo/in-the-address')).status).toBe(200);
    expect((await push('shippo?token=in-the-address')).status).toBe(200);
    for (const place of ['shippo/guessed', 'shippo', `easypost/${encodeURIComponent(SECRET)}`])
      expect((await push(place)).status).toBe(401);
    expect((await push('aftership/in-the-address')).status).toBe(404);
  });

  it('does not know a source without a secret, but previews its messages', async () => {
    expect((await push('aftership')).status).toBe(404);
    const { admin } = await World.open(test);
    const preview = await admin.post('/v1/tracking/aftership/preview', {
      data: { tracking: { tracking_number: '1', tag: 'InTransit' } },
    });
    expect([preview.status, preview.body]).toEqual([
      200,
      {
        shipments: [{ tracking_number: '1', status: 'in_transit', reason: null, direction: 'forward', events: [] }],
        problems: [],
      },
    ]);
  });
});
