import { Choice, Flag, Id, InstantField, Int, List, Nested, Text } from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut, idOutOrNull } from '../kernel/ids.ts';
import type { Dispatch } from './dispatches.store.ts';
import { STORE_ORDER_STATUSES, type StoreOrderStatus } from './store-order.machine.ts';
import type { StoreOrderRecord } from './store-orders.store.ts';
import { STORE_KINDS, type SkuMapping, type StoreKind, type StoreRecord } from './stores.service.ts';

export class NewStoreBody {
  @Choice(STORE_KINDS) kind: StoreKind;
  @Text({ example: 'Lumen, main store' }) name: string;
  @Text({ max: 500, description: 'The store’s own address.', example: 'https://lumen.myshopify.com' }) url: string;
  @Text({ min: 8, max: 500, description: 'What the store signs its webhooks with.' }) webhook_secret: string;
  @Text({
    optional: true,
    min: 8,
    max: 500,
    description:
      'Opens the store’s API, so that it hears of parcels: Shopify’s Admin API token, or WooCommerce’s `ck_…:cs_…`.',
  })
  access_token?: string;
}

export class StoreChangeBody {
  @Text({ optional: true }) name?: string;
  @Text({ optional: true, max: 500 }) url?: string;
  @Text({ optional: true, min: 8, max: 500 }) webhook_secret?: string;
  @Text({ optional: true, min: 8, max: 500 }) access_token?: string;
}

export class StoreView {
  @Id('sto') id: string;
  @Choice(STORE_KINDS) kind: StoreKind;
  @Text() name: string;
  @Text() url: string;
  @Text({ description: 'Where the store’s webhooks go; the same for every topic.' }) webhook_url: string;
  @Flag({ description: 'Whether the store hears of parcels.' }) tells_back: boolean;
  @InstantField() created_at: string;
}

export class SkuMappingBody {
  @Text({ max: 64, description: 'Of the catalogue.' }) sku: string;
  @Int({
    optional: true,
    min: 1,
    max: 1_000,
    description: 'Units of it in one of the store’s; 1 where nothing is said.',
  })
  quantity?: number;
}

export class SkuMappingView {
  @Text({ max: 200 }) store_sku: string;
  @Text({ max: 64 }) sku: string;
  @Int({ min: 1 }) quantity: number;
}

export class StoreOrdersQuery extends ListQuery {
  @Id('sto', { optional: true }) store?: string;
  @Choice(STORE_ORDER_STATUSES, { optional: true }) status?: StoreOrderStatus;
}

export class StoreLineView {
  @Text({ description: 'The store’s SKU, or `variant:<id>` where it has none: what a mapping names.' })
  store_sku: string;
  @Text({ min: 0 }) title: string;
  @Int() quantity: number;
}

export class DispatchView {
  @Id('pkg') package: string;
  @Choice(['pending', 'told', 'failed']) status: Dispatch['status'];
  @Text() courier: string;
  @Text() tracking_number: string;
  @Int() attempts: number;
  @Text({ nullable: true }) last_error: string | null;
  @InstantField({ nullable: true }) next_attempt_at: string | null;
  @InstantField({ nullable: true }) told_at: string | null;
}

export class StoreOrderView {
  @Id('sor') id: string;
  @Id('sto') store: string;
  @Text({ description: 'The store’s own id of it.' }) external_id: string;
  @Text({ description: 'What the store calls it; the reference of the order that is placed.' }) name: string;
  @Choice(STORE_ORDER_STATUSES) status: StoreOrderStatus;
  @Text({ nullable: true, description: 'Why it is held, passed over or cancelled.', example: 'sku_not_mapped' })
  reason: string | null;
  @Text({ nullable: true }) detail: string | null;
  @List(() => StoreLineView) lines: StoreLineView[];
  @Id('ord', { nullable: true }) order: string | null;
  @InstantField() received_at: string;
}

export class StoreOrderDetailView extends StoreOrderView {
  @List(() => DispatchView, { description: 'What the store was told of its parcels.' }) dispatches: DispatchView[];
}

export class StoreAnswerView {
  @Choice([...STORE_ORDER_STATUSES, 'noted'], { description: 'noted: nothing of it is an order.' }) status: string;
  @Nested(() => StoreOrderView, { nullable: true }) store_order: StoreOrderView | null;
}

export function storeView(store: StoreRecord, publicUrl: string): StoreView {
  const id = idOut('sto', store.id);
  return {
    ...{ id, kind: store.kind, name: store.name, url: store.url, webhook_url: `${publicUrl}/v1/stores/${id}/webhook` },
    ...{ tells_back: store.hasToken, created_at: instant(store.createdAt) },
  };
}

export const mappingView = ({ storeSku, sku, quantity }: SkuMapping): SkuMappingView => ({
  ...{ store_sku: storeSku, sku, quantity },
});

export function storeOrderView(record: StoreOrderRecord): StoreOrderView {
  const { externalId, name, status, reason, detail, lines } = record;
  return {
    ...{ id: idOut('sor', record.id), store: idOut('sto', record.storeId), external_id: externalId, name, status },
    ...{ reason, detail, lines: lines.map(({ sku, title, quantity }) => ({ store_sku: sku, title, quantity })) },
    ...{ order: idOutOrNull('ord', record.orderId), received_at: instant(record.receivedAt) },
  };
}

export function dispatchView(dispatch: Dispatch): DispatchView {
  const { status, courier, attempts, lastError } = dispatch;
  return {
    ...{ package: idOut('pkg', dispatch.packageId), status, courier, tracking_number: dispatch.trackingNumber },
    ...{ attempts, last_error: lastError, next_attempt_at: instantOrNull(dispatch.nextAt) },
    told_at: instantOrNull(dispatch.toldAt),
  };
}
