import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { stripeLine } from './stripe-line.ts';

const TIMEOUT_MS = 300;
const DRIP_MS = 20;
const IN_FLIGHT = 2;

let isDripping = true;
let port = '';
const server = http.createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  if (!isDripping) {
    response.end('{"id":"pi_1"}');
    return;
  }
  const dripping = setInterval(() => response.write(' '), DRIP_MS);
  response.once('close', () => {
    clearInterval(dripping);
  });
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = String((server.address() as AddressInfo).port);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a try whose answer drips is given up in time, and its line is free for the next one', async () => {
  const line = stripeLine(IN_FLIGHT);
  const ask = () => line.makeRequest('127.0.0.1', port, '/v1/x', 'GET', {}, '', 'http', TIMEOUT_MS);
  const answers = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, ask));
  for (const answer of answers) expect(answer).toMatchObject({ reason: { name: 'TimeoutError' } });
  isDripping = false;
  const answer = await ask();
  expect(answer.getStatusCode()).toBe(200);
  expect(await answer.toJSON()).toEqual({ id: 'pi_1' });
});
