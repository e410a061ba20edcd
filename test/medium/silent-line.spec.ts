import path from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { Config } from '../../src/config.ts';
import { FaultProxy } from '../../src/cli/chaos/fault-proxy.ts';
import { closeApp, createApp } from '../../src/service.ts';
import { ADMIN } from '../support/app.ts';

jest.setTimeout(60_000);

const database = new URL(process.env['DATABASE_URL'] ?? '');
const socket = path.join(database.searchParams.get('host') ?? '', '.s.PGSQL.5432');
const proxy = new FaultProxy(socket, 1);
let app: NestFastifyApplication;

beforeAll(async () => {
  const url = `postgres://${database.username}@127.0.0.1:${await proxy.listen()}${database.pathname}`;
  const settings = {
    LOG_LEVEL: 'silent',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    DATABASE_POOL: '4',
  };
  app = await createApp(new Config({ ...settings, ROLE: 'api' }), url);
});

afterAll(async () => {
  await closeApp(app);
  await proxy.close();
});

const signIn = () => request(app.getHttpServer()).post('/v1/sessions').send(ADMIN);

it('a database that says nothing any more is a 503, and no connection waits for it when it is back', async () => {
  expect((await signIn()).status).toBe(201);
  proxy.fall('half-open');
  const answers = await Promise.all([signIn(), signIn(), request(app.getHttpServer()).get('/health/ready')]);
  for (const { status, headers } of answers) {
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
  }
  proxy.heal();
  for (let n = 0; n < 4; n += 1) expect((await signIn()).status).toBe(201);
});

it('a connection that dies in the moment it is made is a 503 and leaves the service standing', async () => {
  proxy.fall('cut'); // what is open is lost
  expect((await signIn()).status).toBe(503);
  proxy.fall('farewell');
  for (let n = 0; n < 3; n += 1) expect((await signIn()).status).toBe(503);
  proxy.heal();
  expect((await signIn()).status).toBe(201);
});
