import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { limitTime, TooLate } from './deadline.ts';

const LIMIT_MS = 100;

describe('the time that an answer may take', () => {
  let server: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    server = Fastify();
    server.addHook('onRequest', (request, reply, next) => {
      limitTime(request, reply, LIMIT_MS);
      next();
    });
    server.setErrorHandler((error, _request, reply) => reply.code(error instanceof TooLate ? 503 : 500).send());
    server.post('/never', () => new Promise(() => undefined));
    server.post('/late', { config: { takesTime: true } }, async () => {
      await pause(LIMIT_MS * 3);
      return { done: true };
    });
    server.post('/quick', () => ({ done: true }));
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });

  afterAll(() => server.close());

  const post = async (path: string): Promise<number> => {
    const headers = { 'Content-Type': 'application/json' };
    return (await fetch(url + path, { method: 'POST', headers, body: '{"a":1}' })).status;
  };

  it('ends, though the request’s body has long been read', async () => {
    expect(await post('/never')).toBe(503);
  });

  it('ends, and the connection with it, where the request is sent drop by drop', async () => {
    const caller = net.connect(Number(new URL(url).port), '127.0.0.1');
    let heard = '';
    caller.on('data', (bytes: Buffer) => (heard += bytes.toString())).on('error', () => undefined);
    caller.write('POST /quick HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n');
    const dripping = setInterval(() => caller.write(' '), LIMIT_MS / 10);
    const closed = once(caller, 'close').then(() => 'closed');
    expect(await Promise.race([closed, pause(LIMIT_MS * 20, 'still open', { ref: false })])).toBe('closed');
    clearInterval(dripping);
    caller.destroy();
    expect(heard).toMatch(/^HTTP\/1\.1 503 /);
  });

  it('is long where the route says so, and nobody’s who has answered', async () => {
    expect(await post('/late')).toBe(200);
    expect(await post('/quick')).toBe(200);
    await pause(LIMIT_MS * 2);
    expect(await post('/quick')).toBe(200);
  });
});
