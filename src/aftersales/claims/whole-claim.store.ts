import type { Db } from '../../database/sql.ts';
import { findDecisions, type DecisionRecord } from '../decision.store.ts';
import { reshipsOf } from '../reshipping.ts';
import { returnsAskedBy, type ReturnOfClaim } from './claimed-return.store.ts';
import { evidenceOf, messagesOf, type EvidenceRecord, type MessageRecord } from './claim-log.store.ts';
import type { ClaimRecord } from './claim.store.ts';

/** A claim with all that is shown of it. */
export interface WholeClaim {
  claim: ClaimRecord;
  decision: DecisionRecord;
  evidence: EvidenceRecord[];
  messages: MessageRecord[];
  /** The free order of goods that are sent again. */
  reshipId: string | null;
  /** The return of goods that it wanted back first. */
  returned: ReturnOfClaim | null;
}

/** Claims with all that is shown of them: five statements, whatever their number. */
export async function wholeClaims(db: Db, claims: readonly ClaimRecord[]): Promise<WholeClaim[]> {
  if (claims.length === 0) return [];
  const decided = claims.flatMap(({ merchantId, decisionId }) =>
    decisionId === null ? [] : [{ merchantId, id: decisionId }],
  );
  const decisions = await findDecisions(db, decided);
  const evidence = await evidenceOf(db, claims);
  const messages = await messagesOf(db, claims);
  const causes = claims.map(({ merchantId, packageId, id }) => ({ merchantId, packageId, cause: `claim:${id}` }));
  const reships = await reshipsOf(db, causes);
  const returns = await returnsAskedBy(db, causes);
  return claims.flatMap((claim) => {
    const decision = decisions.get(claim.decisionId ?? '');
    const of = ({ claimId }: { claimId: string }): boolean => claimId === claim.id;
    if (decision === undefined) return [];
    return [
      {
        ...{ claim, decision, evidence: evidence.filter(of), messages: messages.filter(of) },
        reshipId: reships.get(`claim:${claim.id}`) ?? null,
        returned: returns.get(`claim:${claim.id}`) ?? null,
      },
    ];
  });
}
