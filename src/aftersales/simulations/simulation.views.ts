import { stringify } from 'csv-stringify/sync';
import { instant, instantOrNull } from '../../kernel/clock.ts';
import { idOut, idOutOrNull } from '../../kernel/ids.ts';
import { Money } from '../../kernel/money.ts';
import type { ChangeRow, SimulationRecord } from './simulation.store.ts';
import type { ChangeView, SimulationView } from './simulations.dto.ts';

type Plain<View> = { [Field in keyof View]: View[Field] };

/** @param status as it shows */
export function simulationView(it: SimulationRecord, status: SimulationRecord['status']): Plain<SimulationView> {
  const { report } = it;
  return {
    ...{ id: idOut('sim', it.id), policy: it.policyId, version: it.version === null ? 'draft' : String(it.version) },
    ...{ from: instant(it.from), to: instant(it.to), status, progress: { done: it.done, of: it.total } },
    ...{ cases: report?.cases ?? null, changed: report?.changed ?? null },
    ...{ cost_now: report?.cost_now ?? null, cost_then: report?.cost_then ?? null },
    ...{
      by_currency: report?.by_currency ?? [],
      by_cause: report?.by_cause ?? [],
      by_outcome: report?.by_outcome ?? [],
    },
    ...{ created_at: instant(it.createdAt), finished_at: instantOrNull(it.finishedAt) },
  };
}

export function changeView(row: ChangeRow): Plain<ChangeView> {
  const cost = (minor: string) => Money.ofMinor(minor, row.currency).toJSON();
  return {
    ...{ merchant: idOut('mer', row.merchant_id), order: idOut('ord', row.order_id) },
    ...{ package: idOutOrNull('pkg', row.package_id), decision: idOut('dec', row.decision_id) },
    ...{ cause: row.cause, decided_at: instant(row.decided_at) },
    now: { outcome: row.now_outcome, cost: cost(row.now_minor), clause: row.now_clause },
    then: { outcome: row.then_outcome, cost: cost(row.then_minor), clause: row.then_clause },
  };
}

const HEAD = [
  ...['decided_at', 'merchant', 'order', 'package', 'decision', 'cause', 'currency'],
  ...['outcome_now', 'cost_now', 'clause_now', 'outcome_then', 'cost_then', 'clause_then'],
];

/** The changed cases as a table, in parts. */
export async function* changesCsv(parts: AsyncIterable<readonly ChangeRow[]>): AsyncGenerator<string, void, undefined> {
  yield stringify([HEAD]);
  for await (const part of parts) {
    yield stringify(
      part
        .map(changeView)
        .map(({ now, then, ...change }) => [
          ...[change.decided_at, change.merchant, change.order, change.package ?? '', change.decision, change.cause],
          ...[now.cost.currency, now.outcome, now.cost.amount, now.clause, then.outcome, then.cost.amount, then.clause],
        ]),
    );
  }
}
