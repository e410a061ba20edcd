/** Tables with a merchant in them that are in no section of an export, by the reason, as the archive itself says it. */
const REASONS: readonly (readonly [string, readonly string[]])[] = [
  [
    'Secrets and what they are found by: nobody reads them again, not even their owner.',
    ['account_token', 'api_key_route', 'login', 'session', 'webhook_secret', 'store_route'],
  ],
  [
    'What finds a merchant when a number, a code or a payment is all that is known; the things themselves are included.',
    ['payment_route', 'return_route', 'tracking_alias', 'tracking_route'],
  ],
  [
    'Notes of the service to itself: what is due, what was counted or told. They go when the work is done.',
    [
      ...[
        'aftersales_due',
        'api_key_usage',
        'digest_letter',
        'erasure_request',
        'evidence_gone',
        'event_counter',
        'event_delivery',
        'event_later',
      ],
      ...[
        'invoice_series',
        'open_case',
        'open_review',
        'payout_blocker',
        'settled_unit',
        'statement_schedule',
        'tracking_due',
      ],
      ...['tracking_poll', 'tracking_told', 'wallet_closing', 'back_order'],
    ],
  ],
  ['The raw form of what is included as events of the feed.', ['event', 'event_view']],
  [
    'The books behind the transactions: every amount, balance and cause is in transactions.',
    [
      ...['ledger_book', 'ledger_account', 'ledger_journal', 'ledger_posting', 'ledger_charge', 'ledger_charge_share'],
      ...['ledger_refund', 'ledger_hold'],
    ],
  ],
  [
    'The operator’s own: its bank account, its costs, who of its people did what, and its trials of policies.',
    ['bank_line', 'label_purchase', 'payout_approval', 'policy_simulation_change', 'staff_notice'],
  ],
  [
    'Counted again from what is included, for reports.',
    ['report_package', 'report_package_item', 'report_refund', 'discount_code_use'],
  ],
  [
    'Statements as files, erased after some days: every figure of theirs is in transactions.',
    ['statement_document', 'statement_document_part'],
  ],
  [
    'Letters as they were sent; their list is included, their texts are in the recipients’ mailboxes.',
    ['mail_attachment'],
  ],
];

export interface NotIncluded {
  tables: readonly string[];
  why: string;
}

export const NOT_INCLUDED: readonly NotIncluded[] = REASONS.map(([why, tables]) => ({ tables, why }));
