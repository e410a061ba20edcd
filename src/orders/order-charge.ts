import type { PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { Money } from '../kernel/money.ts';
import type { Charge } from '../wallet/wallet.service.ts';
import type { OrderRecord } from './order.store.ts';

/** The key under which an order's money was taken: refunds and settlement name the charge by it. */
export function chargeKey(orderId: string): string {
  return `order:${orderId}`;
}

/** The charge that pays what is given back for an order: its own, or of a free order that of the one behind it. */
export function refundedCharge({ id, replaces }: Pick<OrderRecord, 'id' | 'replaces'>): string {
  return chargeKey(replaces?.rootOrderId ?? id);
}

/** What an order takes from the wallet: goods line by line, then shipping. A cause of our own: it may be tried again. */
export function chargeOf(
  order: Pick<OrderRecord, 'merchantId' | 'id' | 'total' | 'shippingPaid' | 'lines'>,
  at: Date,
): Charge {
  const goods = order.lines.map((line) => ({
    text: `${line.quantity} x ${line.title} (${line.sku})`,
    amount: line.paid,
  }));
  return {
    merchantId: order.merchantId,
    amount: order.total,
    contra: 'orders_in_progress',
    type: 'order_charge',
    key: chargeKey(order.id),
    cause: { type: 'order', id: order.id },
    blocks: chargeKey(order.id), // until it is settled or cancelled nothing is paid out (wallet.md, Payouts)
    explanation: [...goods, { text: 'Shipping', amount: order.shippingPaid }],
    at,
  };
}

/** What an order that waited for money takes: of the packages that were not cancelled meanwhile. */
export function chargeOfRest(order: OrderRecord, packages: readonly PackageRecord[], at: Date): Charge {
  const alive = packages.filter(({ status }) => status !== 'cancelled');
  if (alive.length === packages.length) return chargeOf(order, at);
  const sum = (amounts: readonly Money[]): Money => Money.sum(amounts, order.currency);
  const lines = order.lines.flatMap((line) => {
    const items = alive.flatMap((parcel) => parcel.items.filter((item) => item.line === line.line));
    const quantity = items.reduce((units, item) => units + item.quantity, 0);
    return quantity === 0 ? [] : [{ ...line, quantity, paid: sum(items.map(({ paid }) => paid)) }];
  });
  const shippingPaid = sum(alive.map((parcel) => parcel.shippingPaid));
  const total = sum([shippingPaid, ...alive.map(({ goodsPaid }) => goodsPaid)]);
  return chargeOf({ ...order, lines, shippingPaid, total }, at);
}
