import { packageView, type PackageRecord } from '../fulfilment/fulfilment.service.ts';
import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut } from '../kernel/ids.ts';
import { statusFrom } from './order-status.policy.ts';
import type { OrderLineRecord, OrderRecord } from './order.store.ts';
import type { OrderItemView, OrderView } from './orders.dto.ts';

/** An order as api.md shapes it; its status follows its packages at once, whether or not the event has been handled. */
export function orderView(order: OrderRecord, packages: readonly PackageRecord[]): OrderView {
  return {
    id: idOut('ord', order.id),
    reference: order.reference,
    status: statusFrom(order.status, packages),
    currency: order.currency,
    ship_to: order.shipTo as OrderView['ship_to'],
    service: order.service,
    items: order.lines.map(itemView),
    goods_paid: order.goodsPaid.toJSON(),
    shipping_paid: order.shippingPaid.toJSON(),
    discount: order.discount.toJSON(),
    total: order.total.toJSON(),
    policy: order.policy,
    packages: packages.map((record) => packageView(record)),
    replaces: replacesView(order),
    created_at: instant(order.createdAt),
    paid_at: instantOrNull(order.paidAt),
  };
}

function replacesView({ replaces }: OrderRecord): OrderView['replaces'] {
  if (replaces === null) return null;
  const [kind = '', id = ''] = replaces.cause.split(':');
  return {
    order: idOut('ord', replaces.orderId),
    package: idOut('pkg', replaces.packageId),
    cause: `${kind}:${idOut(kind === 'claim' ? 'clm' : 'ret', id)}`,
  };
}

function itemView(line: OrderLineRecord): OrderItemView {
  return {
    line: line.line,
    sku: line.sku,
    title: line.title,
    quantity: line.quantity,
    list_price: line.listPrice.toJSON(),
    unit_price: line.unitPrice.toJSON(),
    paid: line.paid.toJSON(),
    discounts: line.discounts.map(({ kind, code, amount }) => ({
      kind,
      ...(code === null ? {} : { code }),
      amount: amount.toJSON(),
    })),
  };
}
