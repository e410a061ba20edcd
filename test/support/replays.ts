import { rows } from '../../src/database/sql.ts';
import { expectStatus, type World } from './world.ts';

interface Stored {
  policy: string;
  facts: object;
  decision: { clauses: { id: string }[] };
}

/**
 * Asks the service about the facts of every decision that it has stored, and expects the decision. A person's word stands
 * in place of the policy's, so it is left out.
 * @returns how many were asked about
 */
export async function replayAll({ test, admin }: World): Promise<number> {
  const stored = await rows<Stored>(test.db, `SELECT policy_id AS policy, facts, decision FROM decision ORDER BY id`);
  const policys = stored.filter(({ decision }) => decision.clauses[0]?.id !== 'operator/person');
  for (const { policy, facts, decision } of policys) {
    expect(expectStatus(await admin.post(`/v1/policies/${policy}/decide`, facts), 200)).toEqual(decision);
  }
  return policys.length;
}
