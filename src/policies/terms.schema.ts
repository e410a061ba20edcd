import {
  CLAIM_TYPES,
  EVIDENCE,
  NEXT_STEPS,
  PACKAGE_STATUSES,
  RECEIPT_TYPES,
  REMEDIES,
  RETURN_TYPES,
} from './deciding/facts.policy.ts';
import { EXCLUSIONS, LANGUAGES, STAGES } from './deciding/terms.policy.ts';

type Schema = Readonly<Record<string, unknown>>;

/** An object that has exactly these members. */
function exactly(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

/** The same schema for each of these members. */
function each(names: readonly string[], schema: Schema): Schema {
  return exactly(Object.fromEntries(names.map((name) => [name, schema])));
}

function oneOf(...choices: readonly unknown[]): Schema {
  return { enum: choices };
}

function someOf(choices: readonly string[]): Schema {
  return { type: 'array', uniqueItems: true, items: { enum: choices } };
}

function either(...schemas: readonly Schema[]): Schema {
  return { anyOf: schemas };
}

const FLAG: Schema = { type: 'boolean' };
const NOTHING: Schema = { type: 'null' };
const DAYS: Schema = { type: 'integer', minimum: 0, maximum: 3650 };
const HOURS: Schema = { type: 'integer', minimum: 0, maximum: 87_600 };
const SENTENCE: Schema = { type: 'string', minLength: 1, maxLength: 1000 };
const TEXTS = exactly({ en: SENTENCE, fr: SENTENCE }, ['fr']);
const NEXT_STEP = oneOf(...NEXT_STEPS, null);
const MONEY = exactly({
  amount: { type: 'string', pattern: '^(0|[1-9]\\d{0,14})(\\.\\d{1,4})?$' },
  currency: { type: 'string', pattern: '^[A-Z]{3}$' },
});
const PERCENT: Schema = { type: 'string', pattern: '^(100(\\.0{1,4})?|\\d{1,2}(\\.\\d{1,4})?)$' };

const CLAIM = exactly({
  proof: oneOf('none', 'delivered', 'not_delivered', 'non_delivery'),
  proven_by: someOf(PACKAGE_STATUSES),
  proven_when_late: FLAG,
  late_delivery_counts: FLAG,
  window_days: either(DAYS, oneOf('claim_window', 'lifetime')),
  review_until_days: either(DAYS, oneOf('unlimited'), NOTHING),
  exclusions: someOf(EXCLUSIONS),
  all_packages_delivered: FLAG,
  evidence: someOf(EVIDENCE),
  evidence_any: someOf(EVIDENCE),
  answer: oneOf('remedy', 'return_goods', 'review', 'deny'),
  remedies: someOf(REMEDIES),
  amount: oneOf('affected', 'severity', 'package', 'charge'),
  keep_goods: FLAG,
  next_step: NEXT_STEP,
});

const RETURN_SETTLEMENT = exactly({
  way_back: oneOf('operator', 'buyer'),
  evidence: someOf(EVIDENCE),
  refund_shipping: FLAG,
  deduct_return_shipping: FLAG,
  deduct_postage_if_free_shipping: FLAG,
});

const RETURNS = exactly({
  accepted: someOf(RETURN_TYPES),
  refused_next_step: NEXT_STEP,
  window_days: DAYS,
  authorisation: oneOf('none', 'approval', 'code'),
  code_valid_days: either(DAYS, NOTHING),
  condition: oneOf('original', 'any'),
  condition_free: someOf(RECEIPT_TYPES),
  exchange: FLAG,
  lost_needs_shipping_receipt: FLAG,
  settle: each(RECEIPT_TYPES, RETURN_SETTLEMENT),
  buyer_at_fault: either(RETURN_SETTLEMENT, NOTHING),
  administration_fee: either(exactly({ percent: PERCENT }), MONEY, NOTHING),
  process_within_working_days: either(DAYS, NOTHING),
});

/** The JSON Schema of a policy's terms, served at /v1/policies/schema. Source: policies.md, "What a policy can say". */
export const TERMS_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'After-sales policy',
  ...exactly({
    id: { type: 'string', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' },
    languages: { ...someOf(LANGUAGES), minItems: 1, contains: { const: 'en' } },
    title: TEXTS,
    summary: TEXTS,
    cancellation: exactly({
      until: oneOf(...STAGES),
      intercept: FLAG,
      after_dispatch: oneOf('deny', 'return'),
      advice: NEXT_STEP,
    }),
    address_change: exactly({
      within_hours: either(HOURS, NOTHING),
      until: oneOf(...STAGES),
      intercept: FLAG,
      after_dispatch: NEXT_STEP,
    }),
    tracking: exactly(
      {
        refund_on: someOf(['rto_initiated', 'rto_in_transit', 'rto_delivered', 'delivery_failed', 'lost', 'exception']),
        late_after_days: either(DAYS, NOTHING),
        first_scan_due_hours: HOURS,
        delivery_working_days: either(exactly({ min: DAYS, max: DAYS }), NOTHING),
        rto_overdue_days: DAYS,
        delivered_is_final: FLAG,
        rto_inspection: exactly({ unopened: FLAG, original_label: FLAG }),
      },
      ['delivery_working_days'],
    ),
    claims: each(CLAIM_TYPES, CLAIM),
    all_claims: exactly({
      reply_within: either(exactly({ working_days: DAYS }), exactly({ hours: HOURS })),
      close_when_inactive_days: DAYS,
      evidence_max_bytes: { type: 'integer', minimum: 1, maximum: 104_857_600 },
      review_above: { type: 'array', items: MONEY },
    }),
    returns: RETURNS,
    refund: exactly({ to: oneOf('wallet'), shipping: each(['cancellation', 'undelivered', 'claim'], FLAG) }),
    settlement: exactly({ claim_window_days: DAYS, delivered_after_refund: oneOf('keep', 'take_back', 'review') }),
  }),
};
