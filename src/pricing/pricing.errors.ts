import { DomainError } from '../kernel/errors.ts';
import { instant } from '../kernel/clock.ts';
import type { CodeRefusal } from './discount.policy.ts';

/** Goods that no courier service carries to where they should go. */
export class NotDeliverable extends DomainError {
  readonly code = 'not_deliverable';
  readonly kind = 'refused';

  /** @param lines which, from 1, and why */
  constructor(lines: readonly { line: number; sku: string; why: string }[]) {
    super(lines.map(({ line, sku, why }) => `Line ${line} (${sku}): ${why}.`).join(' '), {
      lines: lines.map(({ line, sku, why }) => ({ line, sku, reason: why })),
      errors: lines.map(({ line, why }) => ({
        pointer: `/items/${line - 1}`,
        code: 'not_deliverable',
        detail: `${why}.`,
      })),
    });
  }
}

const REFUSALS: Readonly<Record<CodeRefusal | 'used_up' | 'used_up_by_merchant', string>> = {
  not_yet_valid: 'is not valid yet',
  expired: 'has expired',
  below_minimum_order: 'is for larger orders',
  other_currency: 'is for another currency',
  used_up: 'has been used as often as it may be',
  used_up_by_merchant: 'has been used by you as often as it may be',
};

/** A discount code that exists and does not count for this order. */
export class DiscountCodeRefused extends DomainError {
  readonly code = 'discount_code_refused';
  readonly kind = 'refused';

  constructor(discountCode: string, reason: keyof typeof REFUSALS) {
    const detail = `The discount code ${discountCode} ${REFUSALS[reason]}.`;
    super(detail, {
      discount_code: discountCode,
      reason,
      errors: [{ pointer: '/discount_code', code: reason, detail }],
    });
  }
}

/** A quote holds for 30 minutes. */
export class QuoteExpired extends DomainError {
  readonly code = 'quote_expired';
  readonly kind = 'conflict';

  constructor(expiredAt: Date) {
    super(`The quote held until ${instant(expiredAt)}. Ask for a new one.`, { expired_at: instant(expiredAt) });
  }
}
