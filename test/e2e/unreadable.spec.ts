import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startApp, type TestApp } from '../support/app.ts';

let test: TestApp;
let server: Server;
beforeAll(async () => {
  test = await startApp();
  await test.app.listen(0, '127.0.0.1');
  server = test.app.getHttpServer();
});
afterAll(() => test.close());

const connect = (): net.Socket => net.connect((server.address() as AddressInfo).port, '127.0.0.1');

/** What the service answers before it closes the connection. */
async function answerOf(socket: net.Socket): Promise<{ head: string; problem: Record<string, unknown> }> {
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { head, problem: JSON.parse(body) as Record<string, unknown> };
}

const expectProblem = async (socket: net.Socket, status: number, code: string): Promise<void> => {
  const { head, problem } = await answerOf(socket);
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head).toContain('Content-Type: application/problem+json');
  const [, requestId] = /^X-Request-Id: (\S+)$/m.exec(head) ?? [];
  expect(problem).toMatchObject({ type: `/problems/${code}`, status, code, request_id: requestId });
  expect((await test.http.get(`/problems/${code}`)).status).toBe(200);
};

it.each([
  ['no HTTP', 'Hello, is it a store?\r\n\r\n', 400, 'bad_request'],
  ['a method that nobody knows', 'FETCH /v1/orders HTTP/1.1\r\nHost: waybill\r\n\r\n', 400, 'bad_request'],
  [
    'a length that is none',
    'POST /v1/orders HTTP/1.1\r\nHost: waybill\r\nContent-Length: x\r\n\r\n',
    400,
    'bad_request',
  ],
  [
    'a header too large',
    `GET / HTTP/1.1\r\nHost: waybill\r\nX: ${'x'.repeat(17_000)}\r\n\r\n`,
    431,
    'headers_too_large',
  ],
])('answers %s as a problem with a request id', async (_what, bytes, status, code) => {
  const socket = connect();
  socket.write(bytes);
  await expectProblem(socket, status, code);
});

it('answers a request that is not sent to its end in time as a problem', async () => {
  const socket = connect();
  const [accepted] = (await once(server, 'connection')) as [net.Socket];
  const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  server.emit('clientError', error, accepted);
  await expectProblem(socket, 408, 'request_timeout');
});
