import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config } from '../../config.ts';
import { ensureDatabase, migrate } from '../../database/migrate.ts';
import { closeApp, createApp } from '../../service.ts';
import { Client } from '../demo/client.ts';
import { makeShops } from './merchants.ts';
import { copyParcels, type House, type Parcel } from './parcels.ts';
import { ADMIN, makeCatalogue, type Stand } from './stand.ts';

/** A database of its own with parcels that are with their courier, and the service on it in this process, no relay. */
export interface TrackingHouse extends House {
  app: NestFastifyApplication;
  parcels: Parcel[];
}

/** @param name of the database */
export async function openHouse(
  { cluster, beforeClose }: Stand,
  { name, merchants, parcels }: { name: string; merchants: number; parcels: number },
): Promise<TrackingHouse> {
  await ensureDatabase(cluster.url('postgres'), name);
  const url = cluster.url(name);
  await migrate(url);
  const secretKey = randomBytes(32).toString('base64url');
  const shops = await makeShops(url, secretKey, merchants);
  const settings = { ROLE: 'api', SECRET_KEY: secretKey, LOG_LEVEL: 'error', RATE_LIMIT_FACTOR: '1000000' };
  const app = await createApp(
    new Config({ ...settings, ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }),
    url,
  );
  beforeClose(() => closeApp(app));
  await app.listen(0, '127.0.0.1');
  const base = await app.getUrl();
  const { token } = await new Client(base).post<{ token: string }>('/v1/sessions', ADMIN);
  const house = { url, shops, service: { base }, skus: await makeCatalogue(new Client(base).as(token), 2) };
  const copies = await copyParcels(house, 'HOUSE', parcels);
  return { ...house, app, parcels: copies };
}
