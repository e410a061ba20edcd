/** What an error means, and what whoever gets it can do. */
export interface ProblemPage {
  status: number;
  means: string;
  todo: string;
}

const is = (status: number, means: string, todo: string): ProblemPage => ({ status, means, todo });

/** Every code of an error; each has a page at /problems/{code}. */
export const PROBLEMS = {
  bad_request: is(400, 'The request could not be read.', 'Compare it with the call in /docs.'),
  idempotency_key_invalid: is(400, 'The Idempotency-Key is not 1 to 255 printable ASCII characters.', 'Send a UUID.'),
  idempotency_key_required: is(
    ...([400, 'The call moves money and came without an Idempotency-Key.'] as const),
    'Make a new key for each intent, keep it, and send the same one whenever you try that intent again.',
  ),
  malformed_form: is(
    400,
    'The body is no multipart form that can be read.',
    'Send multipart/form-data with the fields of the call.',
  ),
  malformed_json: is(400, 'The body is no JSON, or no UTF-8.', 'Mend the body; `detail` says where reading stopped.'),
  invalid_credentials: is(401, 'No account has this e-mail and password.', 'Check both, or ask for a password reset.'),
  invalid_signature: is(
    ...([401, 'The message’s signature does not fit its bytes and the secret.'] as const),
    'Sign the bytes exactly as they are sent, with the secret that is set for this source.',
  ),
  unauthorized: is(
    ...([401, 'There is no key or session, or it is unknown, expired or revoked.'] as const),
    'Send `Authorization: Bearer <key or session token>`; sign in again, or make a new key.',
  ),
  forbidden: is(403, 'The credentials lack the scope or the role.', '`detail` names what is needed; use another key.'),
  address_not_allowed: is(
    403,
    'The key may not be used from this network address.',
    'Call from an address that the key allows, or change the key.',
  ),
  merchant_suspended: is(403, 'The account is suspended: it can read, not place.', 'Write to support.'),
  not_found: is(
    ...([404, 'It does not exist, is of another kind, or belongs to somebody else.'] as const),
    'Check the id and its prefix, and whose key you use. Calls of the sandbox exist only with SANDBOX=true.',
  ),
  nothing_scheduled: is(404, 'No change of plan is scheduled.', 'Nothing is left to withdraw.'),
  method_not_allowed: is(405, 'The address does not take that method.', 'See /docs for what it takes.'),
  not_acceptable: is(406, 'There is no answer in a form that Accept names.', 'Ask for application/json.'),
  request_timeout: is(408, 'The request was not sent to its end in time.', 'Send it again, with the same key.'),
  address_change_denied: is(
    ...([409, 'The policy does not allow the address to change any more.'] as const),
    '`decisions` says why for each package; ask the buyer to refuse it, or wait for the courier’s word.',
  ),
  address_erased: is(409, 'The buyer’s personal data were erased.', 'Nothing can be sent to this address any more.'),
  already_appealed: is(409, 'A denial is appealed once.', 'The person’s decision stands.'),
  already_received: is(409, 'The parcel was received before.', 'See the package: its receipt is there.'),
  cannot_send_again: is(409, 'The goods cannot be sent again.', '`detail` says why; choose a refund.'),
  email_taken: is(409, 'Another account has this e-mail.', 'Sign in, or use another address.'),
  endpoint_disabled: is(409, 'The endpoint is disabled.', 'Enable it with PATCH, then try again.'),
  goods_not_here: is(409, 'The goods are not in the warehouse.', 'Receive the parcel first.'),
  idempotency_key_in_use: is(
    ...([409, 'The first request with this key is still running.'] as const),
    'Wait as long as Retry-After says, then send the same request with the same key.',
  ),
  illegal_step: is(
    ...([409, 'Its state does not allow this step.'] as const),
    '`state` is where it stands, `legal` the steps that are possible. Read it again before you try another.',
  ),
  label_already_bought: is(409, 'A label was bought for this package.', 'Use it, or give a tracking number yourself.'),
  label_in_progress: is(409, 'A label for this package is being bought.', 'Wait a moment and read the package again.'),
  label_outdated: is(409, 'The package changed since its label was bought.', 'Buy the label again.'),
  ledger_key_reused: is(409, 'The ledger has another movement under this key.', 'Use a new key for a new intent.'),
  manifest_refused: is(
    ...([409, 'Some packages cannot be handed over; none was.'] as const),
    '`refused` names each with its reason. Leave those out, or mend them, and send the manifest again.',
  ),
  mapping_outdated: is(409, 'Somebody published another mapping meanwhile.', 'Read the newest and publish again.'),
  merchant_closing: is(409, 'The account is closing or closed.', 'New orders and changes have ended.'),
  more_than_left: is(409, 'More is asked than is left of the charge.', 'Ask for less.'),
  no_draft: is(409, 'The policy has no draft.', 'Write one with PUT …/draft.'),
  no_interception: is(409, 'Nobody asked for this package to be stopped.', 'There is nothing to answer.'),
  no_failed_attempt: is(
    409,
    'No failed attempt waits for an instruction.',
    'See the package: the courier did not try, or the parcel went on.',
  ),
  instruction_passed_on: is(
    409,
    'The courier was told the instruction before.',
    'It is not taken back; wait for the courier’s next word.',
  ),
  instruction_too_late: is(
    409,
    'The time to answer this attempt is over.',
    'The default counts; answer the next attempt in time.',
  ),
  nothing_to_decide: is(409, 'No decision about it waits for a person.', 'Read its decision again.'),
  nothing_waits: is(
    409,
    'Nothing waits for this answer.',
    'Read the package again: it was answered, or was not asked.',
  ),
  not_labelled: is(409, 'The package has no label yet.', 'Label it first.'),
  not_rereadable: is(409, 'The message cannot be read again.', 'It was read already, or its bytes are gone.'),
  not_reversible: is(409, 'This journal cannot be reversed, or was.', 'Book an adjustment instead.'),
  document_not_ready: is(
    ...([409, 'The file is not drawn yet, or could not be.'] as const),
    '`lines_done` of `lines_total` says how far it is; after `failed` ask for another one.',
  ),
  too_many_documents: is(409, 'Enough of your statements are being drawn.', 'Wait until one of them is done.'),
  order_not_open: is(409, 'The order has ended.', 'Read it again: nothing can be changed any more.'),
  order_not_paid: is(409, 'The order waits for money.', 'Top the wallet up; it is then paid by itself.'),
  package_cancelled: is(409, 'The package was cancelled.', 'Put its goods back on the shelf.'),
  package_handed_over: is(
    ...([409, 'The package left before this came.'] as const),
    'The problem names the scan and its time; what follows is decided by the policy.',
  ),
  payout_blocked: is(409, 'Something is open that may need the money.', '`blockers` lists what, and until when.'),
  policy_exists: is(409, 'There is a policy with this id.', 'Choose another id, or write a draft of that one.'),
  quote_differs: is(
    ...([409, 'The order comes to another total than its quote.'] as const),
    '`quoted` and `total` are both there. Place it without the quote to accept, or quote again.',
  ),
  quote_expired: is(409, 'A quote holds for 30 minutes.', 'Quote again.'),
  reference_taken: is(
    ...([409, 'You have an order with this reference.'] as const),
    'Find it with GET /v1/orders?reference=…; a new order needs a reference of its own.',
  ),
  quality_check_failed: is(
    ...([409, 'Goods of the package did not pass their quality check.'] as const),
    'Take other units, count these as damage, and pack again with the new result.',
  ),
  quality_check_missing: is(
    ...([409, 'Goods of the package are to be looked at before they are packed.'] as const),
    '`skus` names them; send `quality_checks` with a result for each.',
  ),
  return_not_authorised: is(409, 'The return was not authorised.', 'See its decision; a person may approve it.'),
  second_person_needed: is(409, 'The amount needs a second person.', 'Let a colleague approve it.'),
  settled: is(409, 'The package is settled.', 'Nothing can be claimed after settlement.'),
  too_many_keys: is(409, 'The account has as many keys as are allowed.', 'Revoke one.'),
  bank_reference_used: is(
    409,
    'This line of the bank’s statement confirmed another top-up.',
    'Look whether the bank shows one payment or two; say `another_payment` for the second.',
  ),
  top_up_already_received: is(409, 'The top-up was received with other figures.', 'See what was booked.'),
  still_held: is(409, 'The held order still cannot be placed.', '`reason` says why; mend that first.'),
  tracking_number_taken: is(409, 'Another package has this courier and number.', 'Check the label that you scanned.'),
  units_already_settled: is(409, 'Earlier cases took these units.', 'Claim only units that are left.'),
  unknown_charge: is(409, 'The ledger knows no such charge.', 'Nothing was paid that could be given back.'),
  unknown_hold: is(409, 'The ledger knows no such hold.', 'It was released or captured before.'),
  body_too_large: is(413, 'The body is larger than this call takes.', '`detail` names the limit; send less at once.'),
  evidence_too_large: is(413, 'The file is larger than the policy takes.', 'Send a smaller one.'),
  uri_too_long: is(414, 'The address is too long.', 'Send fewer or shorter parameters.'),
  unsupported_media_type: is(415, 'The Content-Type is none that this call reads.', 'Send application/json.'),
  clock_backwards: is(422, 'The sandbox clock only goes forward.', 'Name an instant after the present one.'),
  columns_missing: is(422, 'The file lacks columns.', '`detail` names them.'),
  csv_unreadable: is(422, 'The file is no CSV.', 'Save it as CSV in UTF-8.'),
  discount_code_refused: is(422, 'The code is not good for this order.', '`detail` says why; leave it out.'),
  idempotency_answer_expired: is(
    ...([422, 'The first answer held a secret and is kept for a day only.'] as const),
    'Make a new key (rotate it) instead of reading the old answer.',
  ),
  idempotency_key_reused: is(
    ...([422, 'The key came with another request before.'] as const),
    'One key, one intent: use a new key for a new request.',
  ),
  insufficient_funds: is(422, 'The wallet has less than is asked.', '`available` is what it has; top it up.'),
  message_unreadable: is(
    422,
    'The store’s message is not what its platform sends.',
    'Check the platform of the connection and its version.',
  ),
  label_provider_missing: is(422, 'No provider of labels is set up.', 'Give a tracking number.'),
  label_rate_missing: is(422, 'The provider has no rate for this service.', 'Choose another service.'),
  label_refused: is(422, 'The provider refused the label.', '`detail` is its word; mend the address or the weight.'),
  more_than_paid: is(422, 'More is asked than was paid.', 'Decide at most what was paid and not yet credited.'),
  not_deliverable: is(
    ...([422, 'No courier service can carry a package of this order.'] as const),
    '`detail` says what and why: country, weight, size or handling. Change the items or the service.',
  ),
  out_of_stock: is(422, 'Less is left than is asked.', '`out_of_stock` names each SKU with what is left.'),
  payment_refused: is(
    422,
    'The payment provider refuses it.',
    '`detail` is its word; choose another amount or method.',
  ),
  saved_card_missing: is(422, 'No card is saved.', 'Pay a top-up by card with `save_card` first.'),
  payment_provider_missing: is(422, 'No payment provider is set up.', 'Use bank_transfer.'),
  range_too_large: is(422, 'The period holds too much at once.', 'Ask for a shorter one.'),
  scan_mismatch: is(422, 'What was scanned is not what belongs in.', '`differences` lists it; scan again.'),
  stock_too_low: is(422, 'More is taken away than there is.', '`available` is what can be taken.'),
  too_many_endpoints: is(422, 'The account has as many endpoints as are allowed.', 'Remove one.'),
  too_many_rows: is(422, 'The file has too many rows.', 'Import it in parts.'),
  unknown_policy: is(422, 'No such policy is in force.', 'GET /v1/policies lists them.'),
  validation_failed: is(
    ...([422, 'Fields are missing, unknown, of the wrong type or out of range.'] as const),
    '`errors` has one entry a field, with a JSON pointer to it. Nothing has happened; send the mended request.',
  ),
  rate_limited: is(429, 'More requests in a minute than are allowed.', 'Wait as long as Retry-After says.'),
  too_many_attempts: is(429, 'Too many failed sign-ins.', 'Wait a quarter of an hour, or reset the password.'),
  headers_too_large: is(431, 'The address and the headers are too large.', 'Send fewer or shorter ones.'),
  internal_error: is(500, 'Something broke here.', 'Try again with the same key; name the request_id to support.'),
  files_unavailable: is(503, 'The place where files are kept does not answer.', 'Send the same request again.'),
  label_outcome_unknown: is(
    503,
    'The provider did not say whether it sold the label.',
    'Try again: it is asked first.',
  ),
  label_provider_unavailable: is(503, 'The provider of labels does not answer.', 'Try again in a while.'),
  payment_provider_unavailable: is(
    503,
    'The payment provider does not answer.',
    'Send the same request with the same key again.',
  ),
  not_ready: is(503, 'The service is starting or stopping.', 'Try again in a moment.'),
  unavailable: is(503, 'The service is busy, or its database away.', 'Send the same request with the same key again.'),
} as const satisfies Readonly<Record<string, ProblemPage>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const isProblem = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);
