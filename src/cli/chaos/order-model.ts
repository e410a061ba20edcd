/**
 * A merchant's orders and packages in a few plain objects: written from product.md and policies.md (courier-proof),
 * apart from the product's code, to be compared with it. Every package costs the same; amounts are cents.
 */
export type Stage =
  | 'planned'
  | 'picking'
  | 'packed'
  | 'labelled'
  | 'handed_over'
  | 'in_transit'
  | 'delivered'
  | 'rto_delivered'
  | 'cancelled';

export interface ParcelState {
  id: string;
  sku: string;
  status: Stage;
  refunded: bigint;
}

export interface OrderState {
  id: string;
  isPaid: boolean;
  isCancelled: boolean;
  parcels: ParcelState[];
}

/** Goods and shipping of a package. */
export const PARCEL_COST = 2_500n;

/** What people may do with a package, and what becomes of it; anything else is refused. */
const STEPS: Readonly<Record<WarehouseStep, { from: Stage; to: Stage }>> = {
  pick: { from: 'planned', to: 'picking' },
  pack: { from: 'picking', to: 'packed' },
  label: { from: 'packed', to: 'labelled' },
  'hand-over': { from: 'labelled', to: 'handed_over' },
};
export type WarehouseStep = 'pick' | 'pack' | 'label' | 'hand-over';
export type CourierWord = 'in_transit' | 'delivered' | 'rto_delivered';

/** Where a courier has it, or had it until it ended. */
const ON_THE_WAY: readonly Stage[] = ['labelled', 'handed_over', 'in_transit'];
const ENDED: readonly Stage[] = ['delivered', 'rto_delivered'];

export class OrderModel {
  readonly orders: OrderState[] = [];

  constructor(public cash: bigint) {}

  /** The package that a command means: they are numbered through all orders, and a number too high comes round again. */
  parcelAt(n: number): { order: OrderState; parcel: ParcelState } | null {
    const all = this.orders.flatMap((order) => order.parcels.map((parcel) => ({ order, parcel })));
    return all[n % Math.max(1, all.length)] ?? null;
  }

  /** @returns whether it is paid at once */
  canPay(parcels: number): boolean {
    return this.cash >= BigInt(parcels) * PARCEL_COST;
  }

  place(id: string, parcels: readonly { id: string; sku: string }[]): void {
    const isPaid = this.canPay(parcels.length);
    if (isPaid) this.cash -= BigInt(parcels.length) * PARCEL_COST;
    const planned = parcels.map((parcel): ParcelState => ({ ...parcel, status: 'planned', refunded: 0n }));
    this.orders.push({ id, isPaid, isCancelled: false, parcels: planned });
  }

  /** Money that arrives pays what waits, the oldest first; what it cannot pay in full is skipped. */
  credit(amount: bigint): void {
    this.cash += amount;
    this.payWaiting();
  }

  private payWaiting(): void {
    for (const order of this.orders) {
      if (order.isPaid || order.isCancelled || !this.canPay(order.parcels.length)) continue;
      this.cash -= BigInt(order.parcels.length) * PARCEL_COST;
      order.isPaid = true;
    }
  }

  /** What the warehouse does next with it; null: nothing. */
  nextStep(n: number): WarehouseStep | null {
    const found = this.parcelAt(n);
    const steps = Object.entries(STEPS) as [WarehouseStep, { from: Stage }][];
    return steps.find(([, { from }]) => found?.order.isPaid === true && found.parcel.status === from)?.[0] ?? null;
  }

  /** @returns false: refused, and nothing has changed */
  step(n: number, step: WarehouseStep): boolean {
    const found = this.parcelAt(n);
    const { from, to } = STEPS[step];
    if (found?.order.isPaid !== true || found.parcel.status !== from) return false;
    found.parcel.status = to;
    return true;
  }

  /** The first scan is a hand-over, whoever forgot his own; what came back is paid back in full, once. */
  hear(parcel: ParcelState, word: CourierWord): void {
    if (!ON_THE_WAY.includes(parcel.status)) return;
    parcel.status = word;
    if (word === 'rto_delivered') this.payBack([parcel]);
  }

  /** Nobody has touched it: gone at once, and paid back. Paid or not, an order without packages is cancelled. */
  cancel(order: OrderState): void {
    order.isCancelled = true;
    for (const parcel of order.parcels) parcel.status = 'cancelled';
    if (order.isPaid) this.payBack(order.parcels);
  }

  canCancel(order: OrderState): boolean {
    return !order.isCancelled && order.parcels.every(({ status }) => status === 'planned');
  }

  /** What comes back at once pays at once. */
  private payBack(parcels: readonly ParcelState[]): void {
    for (const parcel of parcels) parcel.refunded = PARCEL_COST;
    this.credit(BigInt(parcels.length) * PARCEL_COST);
  }

  /** What the order is shown as; settled where nothing of it can be claimed any more. */
  statusOf({ isPaid, isCancelled, parcels }: OrderState): string {
    const every = (stages: readonly Stage[]): boolean => parcels.every(({ status }) => stages.includes(status));
    if (isCancelled) return 'cancelled';
    if (!isPaid) return 'awaiting_funds';
    if (parcels.every(({ refunded }) => refunded === PARCEL_COST)) return 'settled';
    if (every(ENDED)) return 'completed';
    if (every([...ENDED, 'handed_over', 'in_transit'])) return 'shipped';
    return every(['planned']) ? 'paid' : 'in_fulfilment';
  }
}
