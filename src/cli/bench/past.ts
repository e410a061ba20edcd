import { randomBytes } from 'node:crypto';
import { Config } from '../../config.ts';
import type { Cluster } from '../../database/embedded-postgres.ts';
import { ensureDatabase, migrate } from '../../database/migrate.ts';
import { realNow } from '../../kernel/clock.ts';
import { closeApp, createApp } from '../../service.ts';
import { Client } from '../demo/client.ts';
import { makeShops } from './merchants.ts';
import { ADMIN, makeCatalogue } from './stand.ts';

/** How an order of the past went. */
export type Ending = 'delivered' | 'returned' | 'cancelled';

/** One order that the service has taken to its end, alone with its merchant in a database of its own. */
export interface Sample {
  ending: Ending;
  merchantId: string;
}

interface Placed {
  id: string;
  packages: { id: string; courier: string; service: string; items: { sku: string; quantity: number }[] }[];
}

export const ENDINGS: readonly Ending[] = ['delivered', 'returned', 'cancelled'];
/** Until the last of them is settled. */
const DAYS = 35;
const DAY_MS = 86_400_000;
const SHIP_TO = {
  ...{ name: 'Ada Buyer', line1: 'Hauptstr. 1', city: 'Leipzig', postal_code: '04109', country: 'DE' },
  phone: '+49341000000',
};

/**
 * Has the service take an order of one line and one package to each ending, on a sandbox's clock: the rows of these
 * merchants are what one such order leaves behind.
 * @returns whose rows tell which ending
 */
export async function makeSamples(cluster: Pick<Cluster, 'url'>, database: string): Promise<Sample[]> {
  await ensureDatabase(cluster.url('postgres'), database);
  const url = cluster.url(database);
  await migrate(url);
  const secretKey = randomBytes(32).toString('base64url');
  const shops = await makeShops(url, secretKey, ENDINGS.length);
  const start = new Date(realNow().getTime() - (DAYS + 1) * DAY_MS).toISOString();
  const settings = {
    ...{ SANDBOX: 'true', SANDBOX_START: start, SECRET_KEY: secretKey, LOG_LEVEL: 'error' },
    ...{ ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, RATE_LIMIT_FACTOR: '1000000' },
  };
  const app = await createApp(new Config(settings), url);
  try {
    await app.listen(0, '127.0.0.1');
    const anyone = new Client(await app.getUrl());
    const { token } = await anyone.post<{ token: string }>('/v1/sessions', ADMIN);
    const admin = anyone.as(token);
    const [sku = ''] = await makeCatalogue(admin, 1);
    const samples: Sample[] = [];
    for (const [n, { id, key }] of shops.entries()) {
      const ending = ENDINGS[n] ?? 'delivered';
      await live(admin, anyone.as(key), { ending, sku });
      samples.push({ ending, merchantId: id });
    }
    for (let day = 0; day < DAYS; day += 1) await admin.post('/v1/sandbox/clock', { advance: 'P1D' });
    await admin.post('/v1/sandbox/drain');
    return samples;
  } finally {
    await closeApp(app);
  }
}

/** Places an order and hands its package to a courier who brings it to that ending; or cancels it. */
async function live(admin: Client, shop: Client, { ending, sku }: { ending: Ending; sku: string }): Promise<void> {
  const items = [{ sku, quantity: 1 }];
  const reference = `PAST-${ending}`;
  const order = await shop.post<Placed>('/v1/orders', { reference, currency: 'USD', ship_to: SHIP_TO, items });
  if (ending === 'cancelled') {
    await shop.post(`/v1/orders/${order.id}/cancellation`, { reason: 'The buyer changed their mind' });
    return;
  }
  for (const { id, courier, service } of order.packages) {
    await admin.post(`/v1/packages/${id}/pick`);
    await admin.post(`/v1/packages/${id}/pack`, { scans: items, weight_g: 350 });
    await admin.post(`/v1/packages/${id}/label`, { courier, service, tracking_number: `PAST${ending.toUpperCase()}` });
    await admin.post('/v1/manifests', { courier, packages: [id] });
    const story = ending === 'delivered' ? 'delivered' : 'rto';
    await admin.post(`/v1/sandbox/packages/${id}/simulation`, { story });
  }
}
