import { InvalidFields, type FieldError } from '../kernel/errors.ts';
import { Money, NotMoney } from '../kernel/money.ts';
import { CLAIM_TYPES, RECEIPT_TYPES, RETURN_TYPES, type Facts, type RequestKind } from './deciding/facts.policy.ts';
import type { FactsBody } from './policies.dto.ts';

/** The types that go with a kind of request; any other kind has none. */
const TYPES: Readonly<Partial<Record<RequestKind, readonly string[]>>> = {
  claim: CLAIM_TYPES,
  return: RETURN_TYPES,
  receipt: RECEIPT_TYPES,
};

/**
 * The facts of a body whose fields are sound one by one: what is missing becomes null, and what contradicts itself is
 * refused.
 * @throws InvalidFields one entry for each contradiction
 */
export function factsOf(body: FactsBody): Facts {
  const { request, order, inspection } = body;
  const zero = Money.zero(order.currency).amount;
  const facts = {
    request: {
      kind: request.kind,
      type: request.type ?? null,
      at: request.at,
      preferred_remedy: request.preferred_remedy ?? null,
      fault: request.fault ?? null,
      minor_variation: request.minor_variation ?? false,
      misuse: request.misuse ?? false,
      order_label_found: request.order_label_found ?? null,
      charge: request.charge ?? null,
    },
    order: {
      placed_at: order.placed_at,
      currency: order.currency,
      service: order.service,
      shipping_paid: order.shipping_paid,
      shipping_cost: order.shipping_cost,
      items: order.items.map(({ line, quantity, paid }) => ({ line, quantity, paid })),
    },
    packages: body.packages.map((p) => ({
      id: p.id,
      status: p.status,
      reason: p.reason ?? null,
      disputed: p.disputed ?? false,
      handed_over_at: p.handed_over_at ?? null,
      delivered_at: p.delivered_at ?? null,
      returned_at: p.returned_at ?? null,
      items: p.items.map(({ line, quantity }) => ({ line, quantity })),
    })),
    package: body.package ?? null,
    affected: (body.affected ?? []).map((a) => ({ line: a.line, quantity: a.quantity, severity: a.severity ?? null })),
    evidence: body.evidence ?? [],
    inspection:
      inspection === null || inspection === undefined
        ? null
        : {
            unopened: inspection.unopened ?? null,
            original_label: inspection.original_label ?? null,
            condition: inspection.condition ?? null,
            return_code: inspection.return_code ?? null,
          },
    already_refunded: body.already_refunded ?? zero,
    ...laterFacts(body),
  } as Facts; // the body's choices are the facts' words
  const errors = faultsOf(facts);
  if (errors.length > 0) throw new InvalidFields(errors);
  return facts;
}

/** Facts that older decisions were stored without are there only where they are said. */
function laterFacts({
  settled = [],
  can_send_again: again = null,
}: FactsBody): Pick<Facts, 'settled' | 'can_send_again'> {
  return {
    ...(settled.length === 0 ? {} : { settled: settled.map(({ line, quantity }) => ({ line, quantity })) }),
    ...(again === null ? {} : { can_send_again: again }),
  };
}

/** What is wrong with facts though each field is sound by itself. */
export function faultsOf(facts: Facts): FieldError[] {
  const contradictions = [...typeFaults(facts), ...amountFaults(facts), ...orderFaults(facts), ...packageFaults(facts)];
  return contradictions.length > 0 ? contradictions : affectedFaults(facts);
}

function typeFaults({ request }: Facts): FieldError[] {
  const known = TYPES[request.kind];
  if (known === undefined) return [];
  const pointer = '/request/type';
  if (request.type === null) {
    const detail = `A ${request.kind} says its type: ${known.join(', ')}.`;
    return request.kind === 'receipt' ? [] : [{ pointer, code: 'required', detail }];
  }
  if (known.includes(request.type)) return [];
  return [{ pointer, code: 'not_allowed', detail: `A ${request.kind} is one of: ${known.join(', ')}.` }];
}

function amountFaults({ request, order, already_refunded }: Facts): FieldError[] {
  const amounts: [pointer: string, amount: string | null][] = [
    ['/request/charge', request.charge],
    ['/order/shipping_paid', order.shipping_paid],
    ['/order/shipping_cost', order.shipping_cost],
    ...order.items.map(({ paid }, i): [string, string] => [`/order/items/${i}/paid`, paid]),
    ['/already_refunded', already_refunded],
  ];
  return amounts.flatMap(([pointer, amount]) => {
    const detail = amount === null ? null : whyNoAmount(amount, order.currency);
    return detail === null ? [] : [{ pointer, code: 'money', detail }];
  });
}

function whyNoAmount(amount: string, currency: string): string | null {
  try {
    return Money.parse(amount, currency).isNegative() ? 'An amount is not below zero.' : null;
  } catch (error) {
    if (error instanceof NotMoney) return error.message;
    throw error;
  }
}

function orderFaults({ order }: Facts): FieldError[] {
  return repeated(order.items.map((item) => item.line)).map((i) => ({
    pointer: `/order/items/${i}/line`,
    code: 'repeated',
    detail: 'Each line stands once in an order.',
  }));
}

function packageFaults({ order, packages, package: asked }: Facts): FieldError[] {
  const errors = repeated(packages.map((p) => p.id)).map((i) => ({
    pointer: `/packages/${i}/id`,
    code: 'repeated',
    detail: 'Each package stands once among the packages.',
  }));
  if (asked !== null && !packages.some((p) => p.id === asked)) {
    errors.push({ pointer: '/package', code: 'unknown', detail: 'It is none of the packages.' });
  }
  const left = new Map(order.items.map(({ line, quantity }) => [line, quantity]));
  packages.forEach((p, i) => {
    p.items.forEach(({ line, quantity }, j) => {
      const units = left.get(line);
      left.set(line, (units ?? 0) - quantity);
      if (units !== undefined && units >= quantity) return;
      errors.push({
        pointer: `/packages/${i}/items/${j}/${units === undefined ? 'line' : 'quantity'}`,
        code: units === undefined ? 'unknown' : 'too_large',
        detail:
          units === undefined ? 'The order has no such line.' : 'The packages hold more units than the order has.',
      });
    });
  });
  return errors;
}

/** More units of a line than are in scope. A line that is not in scope is allowed: it counts as no units. */
function affectedFaults({ order, packages, package: asked, affected }: Facts): FieldError[] {
  const items = asked === null ? order.items : (packages.find((p) => p.id === asked)?.items ?? []);
  const left = new Map<number, number>();
  for (const { line, quantity } of items) left.set(line, (left.get(line) ?? 0) + quantity);
  return affected.flatMap(({ line, quantity }, i) => {
    const units = left.get(line);
    if (units === undefined) return [];
    left.set(line, units - quantity);
    if (units >= quantity) return [];
    const where = asked === null ? 'order' : 'package';
    return [
      { pointer: `/affected/${i}/quantity`, code: 'too_large', detail: `The ${where} holds fewer units of the line.` },
    ];
  });
}

/** Places of values that stood before. */
function repeated(values: readonly (string | number)[]): number[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));
}
