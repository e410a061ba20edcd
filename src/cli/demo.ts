import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Config, ConfigError, readConfig } from '../config.ts';
import { closeApp, createApp, openDatabase } from '../service.ts';
import { Client } from './demo/client.ts';
import { setUpOperator } from './demo/operator.ts';
import { MERCHANT_PASSWORD } from './demo/people.ts';
import { Say } from './demo/say.ts';
import { tell } from './demo/story.ts';

const HELP = `npm run demo [-- --exit]

Plays Waybill's main job on a fresh embedded PostgreSQL: sign-up, top-up, quote, order, warehouse,
tracking on real courier payloads, refund, statement. Then leaves the service up on http://localhost:3000
(or PORT). Ctrl-C ends it; --exit ends it by itself.
`;

const ROOT = path.resolve(import.meta.dirname, '../../..');
const ADMIN_EMAIL = 'admin@operator.example';

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  const exit = process.argv.includes('--exit');
  const own = readConfig();
  const folder = path.join(own.dataDir, `demo-${randomBytes(4).toString('hex')}`);
  const password = randomBytes(9).toString('base64url');
  const config = new Config({
    ...{ PORT: String(own.port), DATA_DIR: folder, SANDBOX: 'true', SANDBOX_START: '2019-05-16T07:00:00Z' },
    ...{ ADMIN_EMAIL, ADMIN_PASSWORD: password, LOG_LEVEL: 'error', RATE_LIMIT_FACTOR: '100', PATH: own.searchPath },
  });
  const say = new Say();
  say.chapter('A fresh operator');
  const database = await openDatabase(config);
  say.done(`embedded PostgreSQL in ${path.relative(process.cwd(), folder)}, migrated`);
  const app = await createApp(config, database.url);
  const stop = async (): Promise<void> => {
    await closeApp(app);
    await database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    await app.listen(own.port, '0.0.0.0');
    const base = (await app.getUrl()).replace('[::1]', 'localhost').replace(/0\.0\.0\.0|127\.0\.0\.1/, 'localhost');
    const anyone = new Client(base);
    const { token } = await anyone.post<{ token: string }>('/v1/sessions', { email: ADMIN_EMAIL, password });
    const admin = anyone.as(token);
    await setUpOperator(admin, (text) => {
      say.done(text);
    });
    const shop = await tell({ anyone, admin, say, root: ROOT });
    say.chapter(exit ? 'Done' : 'Yours now');
    if (exit) {
      await stop();
      return;
    }
    say.done(`API        ${base}/docs   (OpenAPI 3.1: ${base}/openapi.json)`);
    say.done(`policy     ${base}/v1/policies/courier-proof with the key below`);
    say.done(`merchant   ${shop.email} / ${MERCHANT_PASSWORD}`);
    say.done(`           key ${shop.key}`);
    say.done(`operator   ${ADMIN_EMAIL} / ${password}`);
    say.note(`curl -H "Authorization: Bearer ${shop.key}" ${base}/v1/wallet`);
    say.note('Ctrl-C ends it.');
    const end = (): void => void stop().then(() => process.exit(0));
    process.once('SIGINT', end).once('SIGTERM', end);
  } catch (error) {
    await stop();
    throw error;
  }
}

main().catch((error: unknown) => {
  const text =
    error instanceof ConfigError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`\n${text}\n`);
  process.exit(1);
});
