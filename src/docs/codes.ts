import type { ProblemCode } from './problems.ts';

type Codes = Readonly<Record<string, readonly ProblemCode[]>>;

const csv: readonly ProblemCode[] = ['csv_unreadable', 'columns_missing', 'too_many_rows'];
const file: readonly ProblemCode[] = ['malformed_form', 'evidence_too_large', 'files_unavailable'];
const atWarehouse: readonly ProblemCode[] = ['illegal_step', 'order_not_paid', 'package_cancelled'];

/**
 * The codes that are a call's own, by its operation id, beside those that every call of its sort can answer
 * (document/refusals.ts). The tests hold every error that any of them meets against this list.
 */
export const CODES_OF: Codes = {
  'health.ready': ['not_ready'],

  'merchants.signUp': ['email_taken', 'idempotency_answer_expired'],
  'merchants.suspend': ['illegal_step'],
  'merchants.reinstate': ['illegal_step'],
  'merchant.close': ['illegal_step', 'payout_blocked'],
  'users.add': ['email_taken'],
  'sessions.open': ['invalid_credentials', 'too_many_attempts', 'idempotency_answer_expired'],
  'apiKeys.create': ['too_many_keys', 'idempotency_answer_expired'],
  'apiKeys.rotate': ['too_many_keys', 'idempotency_answer_expired'],

  'stockMovements.move': ['stock_too_low'],
  'sourcingRequests.answer': ['illegal_step'],
  'imports.variants': csv,

  'quotes.make': ['out_of_stock', 'not_deliverable', 'discount_code_refused'],
  'orders.place': [
    ...(['merchant_suspended', 'merchant_closing', 'reference_taken', 'quote_expired', 'quote_differs'] as const),
    ...(['out_of_stock', 'not_deliverable', 'discount_code_refused', 'unknown_policy'] as const),
  ],
  'orders.batch': ['merchant_suspended', 'merchant_closing'],
  'orders.changeAddress': ['address_change_denied', 'order_not_open', 'package_cancelled', 'package_handed_over'],
  'orders.cancel': ['illegal_step', 'package_cancelled', 'package_handed_over'],
  'imports.orders': ['merchant_suspended', 'merchant_closing', ...csv],

  'packages.label': ['not_labelled', 'address_erased'],
  'packages.packingSlip': ['address_erased'],
  'packages.customs': ['address_erased'],
  'packages.pick': [...atWarehouse, 'goods_not_here'],
  'packages.pack': [...atWarehouse, 'quality_check_missing', 'quality_check_failed', 'scan_mismatch'],
  'packages.putLabel': [
    ...atWarehouse,
    ...(['tracking_number_taken', 'address_erased', 'label_in_progress', 'label_already_bought'] as const),
    ...(['label_outdated', 'label_provider_missing', 'label_rate_missing', 'label_refused'] as const),
    ...(['label_provider_unavailable', 'label_outcome_unknown'] as const),
  ],
  'packages.handOver': [...atWarehouse, 'stock_too_low'],
  'manifests.make': [...atWarehouse, 'manifest_refused', 'stock_too_low'],
  'packages.review': ['nothing_to_decide', 'illegal_step', 'order_not_open', 'package_handed_over', 'more_than_paid'],
  'packages.interception': ['no_interception', 'illegal_step', 'order_not_open', 'package_handed_over'],
  'packages.receipt': ['already_received', 'illegal_step', 'package_cancelled'],
  'packages.instruct': ['no_failed_attempt', 'instruction_passed_on', 'instruction_too_late'],
  'packages.passOn': ['no_failed_attempt', 'nothing_waits'],
  'packages.askForProof': ['no_failed_attempt'],
  'packages.answerProof': ['nothing_waits'],
  'receipts.addPhoto': file,
  'receipts.photo': ['files_unavailable'],

  'tracking.receive': ['invalid_signature'],
  'tracking.receiveAt': ['invalid_signature'],
  'tracking.readAgain': ['not_rereadable'],
  'tracking.readAllAgain': ['not_rereadable'],
  'tracking.publish': ['mapping_outdated'],
  'imports.tracking': csv,

  'policies.begin': ['policy_exists'],
  'policies.publish': ['no_draft'],
  'policies.diff': ['no_draft'],
  'policies.run': ['no_draft'],

  'claims.open': ['settled', 'units_already_settled', 'illegal_step'],
  'claims.supplement': ['illegal_step'],
  'claims.say': ['illegal_step'],
  'claims.withdraw': ['illegal_step'],
  'claims.appeal': ['already_appealed', 'illegal_step', 'settled'],
  'claims.decide': ['illegal_step', 'cannot_send_again', 'more_than_left', 'more_than_paid'],
  'claims.add': ['illegal_step', ...file],
  'claims.evidence': ['files_unavailable'],
  'returns.ask': ['settled', 'units_already_settled', 'illegal_step'],
  'returns.label': ['return_not_authorised'],
  'returns.sent': ['illegal_step'],
  'returns.approve': ['illegal_step'],
  'returns.receive': ['already_received', 'illegal_step', 'package_cancelled'],
  'returns.enclosed': ['illegal_step'],
  'returns.decide': ['illegal_step', 'cannot_send_again', 'more_than_left'],
  'returns.addEvidence': ['illegal_step', ...file],
  'returns.getEvidence': ['files_unavailable'],

  'wallet.setAlerts': ['saved_card_missing', 'payment_provider_missing'],
  'wallet.askDocument': ['too_many_documents'],
  'wallet.documentFile': ['document_not_ready'],
  'topUps.ask': [
    ...(['merchant_closing', 'illegal_step', 'payment_provider_missing', 'payment_refused'] as const),
    'payment_provider_unavailable',
  ],
  'topUps.confirm': ['bank_reference_used', 'illegal_step', 'top_up_already_received'],
  'payouts.request': ['payout_blocked', 'insufficient_funds'],
  'payouts.approve': ['illegal_step', 'second_person_needed'],
  'payouts.pay': ['illegal_step'],
  'payouts.reject': ['illegal_step'],
  'payments.receive': ['invalid_signature', 'payment_provider_missing'],
  'imports.bank': csv,
  'imports.stripe': csv,
  'reconciliation.resolve': ['bank_reference_used', 'illegal_step', 'top_up_already_received'],
  'adjustments.adjust': ['insufficient_funds'],
  'adjustments.decide': ['illegal_step', 'second_person_needed', 'insufficient_funds'],

  'membership.choose': ['merchant_suspended', 'merchant_closing', 'illegal_step', 'insufficient_funds'],
  'membership.withdraw': ['nothing_scheduled'],

  'webhookEndpoints.create': ['too_many_endpoints', 'idempotency_answer_expired'],
  'webhookEndpoints.rotate': ['idempotency_answer_expired'],
  'webhookEndpoints.test': ['endpoint_disabled'],
  'webhookEndpoints.range': ['endpoint_disabled', 'range_too_large'],
  'webhookDeliveries.again': ['endpoint_disabled'],

  'stores.receive': ['invalid_signature', 'message_unreadable'],
  'storeOrders.release': ['still_held', 'illegal_step'],

  'sandbox.move': ['clock_backwards'],
  'sandbox.simulate': ['not_labelled'],
};
