import type { Client } from './client.ts';
import type { MoneyShape, OrderShape, PackageShape } from './shapes.ts';

export const MERCHANT_PASSWORD = 'demo-password-2019';

/** A merchant of the demo: its own key, its own weather. */
export interface Shop {
  name: string;
  email: string;
  currency: string;
  client: Client;
  key: string;
}

interface SignedUp {
  api_key: { secret: string };
}

export async function signUp(anyone: Client, name: string, country: string, currency: string): Promise<Shop> {
  const email = `${name.toLowerCase().replaceAll(/[^a-z]+/g, '.')}@merchants.example`;
  const made = await anyone.post<SignedUp>('/v1/merchants', {
    name,
    email,
    password: MERCHANT_PASSWORD,
    country,
    currency,
  });
  const key = made.api_key.secret;
  return { name, email, currency, key, client: anyone.as(key) };
}

interface TopUp {
  id: string;
  reference: string;
}

/** A bank transfer that finance confirms. */
export async function transfer(
  shop: Shop,
  admin: Client,
  amount: string,
): Promise<{ reference: string; amount: MoneyShape }> {
  const money = { amount, currency: shop.currency };
  const { id, reference } = await shop.client.post<TopUp>('/v1/top-ups', { amount: money, method: 'bank_transfer' });
  await admin.post(`/v1/top-ups/${id}/confirmation`, { amount: money, bank_reference: `BANK ${reference}` });
  return { reference, amount: money };
}

export const BUYERS = {
  amersfoort: {
    name: 'Saskia de Vries',
    line1: 'Langestraat 14',
    city: 'Amersfoort',
    postal_code: '3811 AA',
    country: 'NL',
    phone: '+31334610000',
  },
  berlin: {
    name: 'Jonas Weber',
    line1: 'Karl-Marx-Allee 70',
    city: 'Berlin',
    postal_code: '10243',
    country: 'DE',
    phone: '+49301234567',
  },
  austin: {
    ...{ name: 'Rosa Martínez', line1: '410 Congress Ave', city: 'Austin', region: 'TX' },
    ...{ postal_code: '78701', country: 'US', phone: '+15125550142' },
  },
} as const;

export interface Parcel {
  courier?: string;
  service?: string;
  number?: string;
}

/** The warehouse's part: pick, pack with a scan of every unit, label, and the manifest follows. */
export async function prepare(warehouse: Client, parcel: PackageShape, label: Parcel): Promise<PackageShape> {
  const path = `/v1/packages/${parcel.id}`;
  await warehouse.post(`${path}/pick`);
  const scans = parcel.items.map(({ sku, quantity }) => ({ sku, quantity }));
  await warehouse.post(`${path}/pack`, { scans, weight_g: 1450 });
  const { courier = parcel.courier, service = parcel.service, number } = label;
  return warehouse.post<PackageShape>(`${path}/label`, {
    courier,
    service,
    ...(number === undefined ? {} : { tracking_number: number }),
  });
}

export async function manifest(
  warehouse: Client,
  courier: string,
  packages: readonly PackageShape[],
): Promise<{ id: string }> {
  return warehouse.post<{ id: string }>('/v1/manifests', { courier, packages: packages.map(({ id }) => id) });
}

export function orderOf(client: Client, id: string): Promise<OrderShape> {
  return client.get<OrderShape>(`/v1/orders/${id}`);
}
