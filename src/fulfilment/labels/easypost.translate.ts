import { Money, NotMoney } from '../../kernel/money.ts';
import type { OfferedRate } from './rate.policy.ts';

const GRAMS_PER_OUNCE = 28.349523125;
const MM_PER_INCH = 25.4;

export interface LabelParty {
  name: string;
  company: string | null;
  line1: string | null;
  line2: string | null;
  city: string | null;
  region: string | null;
  postalCode: string | null;
  country: string;
  phone: string | null;
  email: string | null;
}

export interface LabelGoods {
  title: string;
  quantity: number;
  /** For all units of the line, what was really paid. */
  paid: Money;
  hsCode: string | null;
  origin: string | null;
  /** Of all units. */
  weightG: number;
}

export interface LabelOrder {
  /** Ours, seen again in EasyPost's dashboard and reports. */
  reference: string;
  from: LabelParty;
  to: LabelParty;
  weightG: number;
  /** Outer size, where it is known. */
  sizeMm: { length: number; width: number; height: number } | null;
  goods: readonly LabelGoods[];
}

export interface EasyPostShipment {
  id: string;
  rates: OfferedRate[];
  /** Null until postage is bought. */
  trackingCode: string | null;
  labelUrl: string | null;
  bought: { carrier: string; service: string; cost: Money | null } | null;
}

/** EasyPost answered something that is no shipment. */
export class NoShipment extends Error {}

/** The shipment as EasyPost takes it: ounces, inches, customs only across a border. */
export function toEasyPost(order: LabelOrder): object {
  const abroad = order.from.country !== order.to.country;
  return {
    reference: order.reference,
    from_address: address(order.from),
    to_address: address(order.to),
    parcel: { weight: ounces(order.weightG), ...(order.sizeMm === null ? {} : inches(order.sizeMm)) },
    options: { label_format: 'PDF', label_size: '4x6' },
    ...(abroad ? { customs_info: customs(order) } : {}),
  };
}

function address(party: LabelParty): object {
  const { name, company, city, country, phone, email } = party;
  return {
    name,
    company,
    street1: party.line1,
    street2: party.line2,
    city,
    state: party.region,
    zip: party.postalCode,
    country,
    phone,
    email,
  };
}

function ounces(grams: number): number {
  return Math.max(0.1, Math.round((grams / GRAMS_PER_OUNCE) * 10) / 10);
}

function inches({ length, width, height }: { length: number; width: number; height: number }): object {
  const inch = (mm: number): number => Math.max(0.1, Math.round((mm / MM_PER_INCH) * 10) / 10);
  return { length: inch(length), width: inch(width), height: inch(height) };
}

/** What was really paid, always merchandise. Source: policies.md, "Never part of any policy". */
function customs({ goods, from }: LabelOrder): object {
  return {
    contents_type: 'merchandise',
    restriction_type: 'none',
    non_delivery_option: 'return',
    customs_certify: true,
    customs_signer: from.name,
    eel_pfc: 'NOEEI 30.37(a)',
    customs_items: goods.map((line) => ({
      description: line.title,
      quantity: line.quantity,
      value: line.paid.amount,
      currency: line.paid.currency,
      weight: ounces(line.weightG),
      hs_tariff_number: line.hsCode?.replace(/\D/g, '') ?? null,
      origin_country: line.origin,
    })),
  };
}

/**
 * Reads a shipment leniently: only what is used is looked at.
 * @throws NoShipment it has no id
 */
export function readShipment(body: unknown): EasyPostShipment {
  const shipment = (body ?? {}) as Record<string, unknown>;
  const id = text(shipment['id']);
  if (id === null) throw new NoShipment('The answer holds no shipment.');
  const label = shipment['postage_label'] as Record<string, unknown> | null | undefined;
  const chosen = readRate(shipment['selected_rate']);
  return {
    id,
    rates: (Array.isArray(shipment['rates']) ? shipment['rates'] : []).flatMap((rate) => readRate(rate) ?? []),
    // a number without a label is not postage
    trackingCode: label ? text(shipment['tracking_code']) : null,
    labelUrl: label ? (text(label['label_pdf_url']) ?? text(label['label_url'])) : null,
    bought:
      label && chosen
        ? { carrier: chosen.carrier, service: chosen.service, cost: money(chosen.rate, chosen.currency) }
        : null,
  };
}

function readRate(value: unknown): OfferedRate | null {
  const rate = (value ?? {}) as Record<string, unknown>;
  const [id, carrier, service, price] = [
    text(rate['id']),
    text(rate['carrier']),
    text(rate['service']),
    text(rate['rate']),
  ];
  if (id === null || carrier === null || service === null || price === null || !/^\d+(\.\d+)?$/.test(price))
    return null;
  const days = rate['delivery_days'];
  const deliveryDays = typeof days === 'number' ? days : null;
  return { id, carrier, service, rate: price, currency: text(rate['currency']) ?? 'USD', deliveryDays };
}

function money(amount: string, currency: string): Money | null {
  try {
    return Money.parse(amount, currency);
  } catch (error) {
    if (error instanceof NotMoney) return null; // the label stands; what it cost is then read from EasyPost's invoice
    throw error;
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
