import { createHash, createHmac } from 'node:crypto';
import { isProven } from './signatures.ts';

const body = Buffer.from('{"tracking_number":"1","name":"Zoë"}');
const NOW = new Date('2026-03-02T08:00:00Z');
const SECRET = 'sécret-key';

const hmac = (over: Buffer | string, encoding: 'hex' | 'base64', key = SECRET): string =>
  createHmac('sha256', key).update(over).digest(encoding);
const stamp = (seconds: number): string => String(NOW.getTime() / 1000 + seconds);
const shippo = (t: string): string => `t=${t},v1=${hmac(Buffer.concat([Buffer.from(`${t}.`), body]), 'hex')}`;

describe('how a source proves itself', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['easypost', { 'x-hmac-signature': `hmac-sha256-hex=${hmac(body, 'hex', SECRET.normalize('NFKD'))}` }, true],
    ['easypost', { 'x-hmac-signature': `hmac-sha256-hex=${hmac(body, 'hex', 'other')}` }, false],
    ['easypost', { 'x-hmac-signature': hmac(body, 'hex', SECRET.normalize('NFKD')) }, false],
    ['aftership', { 'aftership-hmac-sha256': hmac(body, 'base64') }, true],
    ['aftership', { 'aftership-hmac-sha256': hmac(body, 'hex') }, false],
    ['shippo', { 'shippo-auth-signature': shippo(stamp(-60)) }, true],
    ['shippo', { 'shippo-auth-signature': shippo(stamp(-600)) }, false],
    ['shippo', { 'shippo-auth-signature': 't=x,v1=' }, false],
    ['17track', { sign: createHash('sha256').update(`${body.toString()}/${SECRET}`).digest('hex') }, true],
    ['17track', { sign: createHash('sha256').update(`${body.toString()}${SECRET}`).digest('hex') }, false],
    ['trackingmore', { signature: hmac(body, 'base64') }, true],
    ['ship24', { authorization: `Bearer ${SECRET}` }, true],
    ['ship24', { authorization: SECRET }, false],
    ['ups', { credential: SECRET }, true],
    ['shiprocket', { 'x-api-key': SECRET }, true],
    ['delhivery', { authorization: `Token ${SECRET}` }, true],
    ['delhivery', {}, false],
    ['fedex', { 'x-api-key': '' }, false],
  ])('%s with %j: %s', (source, headers, proven) => {
    expect(isProven(source, [SECRET], { headers, body, token: null, now: NOW })).toBe(proven);
    expect(isProven(source, ['new', SECRET], { headers, body, token: null, now: NOW })).toBe(proven);
    expect(isProven(source, ['new'], { headers, body, token: null, now: NOW })).toBe(false);
  });

  it("takes EasyPost's own example", () => {
    // Published with its client libraries (github.com/EasyPost/examples, MIT): body, secret and signature.
    const published = Buffer.from(
      '{"result":{"id":"batch_123...","object":"Batch","mode":"test","state":"created","num_shipments":0,"reference":null,' +
        '"created_at":"2022-07-26T17:22:32Z","updated_at":"2022-07-26T17:22:32Z","scan_form":null,"shipments":[],"status":' +
        '{"created":0,"queued_for_purchase":0,"creation_failed":0,"postage_purchased":0,"postage_purchase_failed":0},' +
        '"pickup":null,"label_url":null},"description":"batch.created","mode":"test","previous_attributes":null,' +
        '"completed_urls":null,"user_id":"user_123...","status":"pending","object":"Event","id":"evt_123..."}',
    );
    const signature = 'hmac-sha256-hex=e93977c8ccb20363d51a62b3fe1fc402b7829be1152da9e88cf9e8d07115a46b';
    const asked = { headers: { 'x-hmac-signature': signature }, token: null, now: NOW };
    expect(isProven('easypost', ['sécret'], { ...asked, body: published })).toBe(true);
    expect(isProven('easypost', ['secret'], { ...asked, body: published })).toBe(false);
  });

  it('takes a secret in the address from sources that cannot sign', () => {
    expect(isProven('shippo', [SECRET], { headers: {}, body, token: SECRET, now: NOW })).toBe(true);
    expect(isProven('easypost', [SECRET], { headers: {}, body, token: SECRET, now: NOW })).toBe(false);
  });

  it('notices one changed byte', () => {
    const headers = { 'aftership-hmac-sha256': hmac(body, 'base64') };
    const changed = Buffer.from(body.toString().replace('1', '2'));
    expect(isProven('aftership', [SECRET], { headers, body: changed, token: null, now: NOW })).toBe(false);
  });
});
