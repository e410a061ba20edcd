import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Scope } from '../../database/scope.ts';
import { inTransaction } from '../../database/transaction.ts';
import { plusDays } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import type { WalletService } from '../../wallet/wallet.service.ts';
import { WalletModel, type Answer, type Op } from './ledger-model.ts';
import { anyOp, journalsOf, perform, T0 } from './ledger-ops.ts';

/** How many histories, and how long the longest. */
export interface ModelSize {
  runs: number;
  length: number;
  seed: number;
}

/** A reversal that was made before answers with it. */
const said = (op: Op, answer: Answer): Answer =>
  op.verb === 'reverse' && answer.says === 'already' ? { says: 'done' } : answer;

/**
 * Any history of a wallet, each of a merchant of its own: every answer, every posting and the balances are the model's.
 * @param db the house's scope
 * @throws Error the shortest history that differs, and how to have it again
 */
export async function playLedger(
  { db, wallet }: { db: Scope; wallet: WalletService },
  { runs, length, seed }: ModelSize,
  told: (run: number) => void = () => undefined,
): Promise<void> {
  let played = 0;
  const play = async (ops: readonly Op[]): Promise<void> => {
    const model = new WalletModel();
    const merchantId = newId();
    await inTransaction(db, async (tx) => {
      for (const op of ops) {
        const expected = said(op, model.do(op));
        assert.deepEqual([op, await perform(wallet, tx, merchantId, op, model.day)], [op, expected]);
      }
      const booked = await journalsOf(tx, merchantId);
      assert.deepEqual(
        new Map(booked.map(({ key, legs }) => [key, legs])),
        new Map([...model.booked].map(([key, { legs }]) => [key, legs])),
      );
    });
    const [balance] = await wallet.balances(db, merchantId, plusDays(T0, model.day));
    assert.deepEqual(
      [balance?.available.minor ?? 0n, balance?.held.minor ?? 0n, balance?.promotional.minor ?? 0n],
      [model.cash - model.held, model.held, model.promotional],
    );
    told((played += 1));
  };
  const histories = fc.array(anyOp, { minLength: Math.floor(length / 2), maxLength: length });
  await fc.assert(fc.asyncProperty(histories, play), { numRuns: runs, seed, includeErrorInReport: true });
}
