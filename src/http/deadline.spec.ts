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

  it('is long where the route says so, and nobody’s who has answered', async () => {
    expect(await post('/late')).toBe(200);
    expect(await post('/quick')).toBe(200);
    await pause(LIMIT_MS * 2);
    expect(await post('/quick')).toBe(200);
  });
});
