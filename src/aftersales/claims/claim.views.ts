import { instant, instantOrNull } from '../../kernel/clock.ts';
import { idOut, idOutOrNull, type IdPrefix } from '../../kernel/ids.ts';
import type { EvidenceRecord, MessageRecord, StepRecord } from './claim-log.store.ts';
import type { ClaimStepView, ClaimView, EvidenceView, ClaimMessageView } from './claims.dto.ts';
import type { WholeClaim } from './claims.service.ts';

export function claimView({ claim, decision, evidence, messages, reshipId, returned }: WholeClaim): ClaimView {
  const { said } = claim;
  const { currency } = decision.credited;
  const credited = returned === null ? decision.credited : decision.credited.plus(returned.credited);
  return {
    id: idOut('clm', claim.id),
    order: idOut('ord', claim.orderId),
    package: idOut('pkg', claim.packageId),
    type: claim.type,
    status: claim.status,
    items: claim.items,
    preferred_remedy: said.preferred_remedy,
    fault: said.fault,
    misuse: said.misuse,
    minor_variation: said.minor_variation,
    order_label_found: said.order_label_found,
    charge: said.charge === null ? null : { amount: said.charge, currency },
    description: claim.description,
    decision: decision.decision,
    decision_id: idOut('dec', decision.id),
    note: decision.note,
    credited: credited.isZero() ? null : credited.toJSON(),
    return: idOutOrNull('ret', returned?.id ?? null),
    reship: idOutOrNull('ord', reshipId),
    evidence: evidence.map(evidenceView),
    messages: messages.map(messageView),
    policy: decision.policy,
    reply_due_at: instantOrNull(claim.replyDueAt),
    closes_at: instantOrNull(claim.closesAt),
    appealed_at: instantOrNull(claim.appealedAt),
    created_at: instant(claim.openedAt),
    closed_at: instantOrNull(claim.closedAt),
  };
}

export function evidenceView(shown: EvidenceRecord): EvidenceView {
  return {
    id: idOut('evd', shown.id),
    claim: idOut('clm', shown.claimId),
    kind: shown.kind,
    media_type: shown.mediaType,
    bytes: shown.bytes,
    sha256: shown.sha256,
    created_at: instant(shown.at),
  };
}

export function messageView({ id, author, text, at }: MessageRecord): ClaimMessageView {
  return { id: idOut('msg', id), from: author, text, created_at: instant(at) };
}

const CAUSES: Readonly<Record<string, IdPrefix>> = {
  decision: 'dec',
  evidence: 'evd',
  message: 'msg',
  order: 'ord',
  return: 'ret',
};

export function stepView({ step, text, author, byUser, cause, amount, at }: StepRecord): ClaimStepView {
  const [kind = '', id = ''] = (cause ?? '').split(':');
  const prefix = CAUSES[kind];
  return {
    ...{ at: instant(at), step, text, by: author, user: idOutOrNull('usr', byUser) },
    cause: prefix === undefined ? null : `${kind}:${idOut(prefix, id)}`,
    amount: amount?.toJSON() ?? null,
  };
}
