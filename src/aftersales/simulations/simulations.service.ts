import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { asHouse } from '../../database/scope.ts';
import { afterCommit, inTransaction } from '../../database/transaction.ts';
import { Clock, realNow } from '../../kernel/clock.ts';
import { invalidField, NotFound } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { PoliciesService, type Terms } from '../../policies/policies.service.ts';
import { DraftsService } from '../../policies/versions/drafts.service.ts';
import { replayPackage, type Past, type Rules } from './replaying.ts';
import {
  beat,
  findSimulation,
  finish,
  insertChanges,
  insertSimulation,
  nextPast,
  openPast,
  surveyed,
  type NumberedChange,
  type SimulationRecord,
} from './simulation.store.ts';
import { isChanged, Tally, type Report } from './tally.ts';

const BATCH = 250;
/** The period is sorted by package in one statement. */
const SORTING_MS = 120_000;
/** A run that says nothing for so long has ended with its process. */
const SILENCE_MS = 60_000;

export interface SimulationWish {
  policyId: string;
  /** A number, or `draft`; null: the draft where there is one, else the version in force. */
  version: string | null;
  from: Date;
  to: Date;
  currency: string | null;
  merchantId: string | null;
  byUser: string;
}

/**
 * Runs terms over the stored decisions of a period: what would have been decided, and what it would have cost. One
 * at a time, beside the requests; nothing is stored but the report.
 */
@Injectable()
export class SimulationsService implements BeforeApplicationShutdown {
  private readonly log = new Logger('simulations');
  private readonly running = new Map<string, Promise<void>>();
  private last: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    private readonly policies: PoliciesService,
    private readonly drafts: DraftsService,
  ) {}

  /** The report of what was not finished is lost with the process, and says so; it is run again with another call. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.last;
  }

  /**
   * Begins a run, which goes on after the commit.
   * @throws NotFound, NoDraft there is no such policy or version
   * @throws InvalidFields `from` is after `to`
   */
  async begin(tx: EntityManager, wish: SimulationWish): Promise<SimulationRecord> {
    const { policyId, from, to, currency, merchantId, byUser } = wish;
    if (from > to) throw invalidField('/from', 'range', '`from` must not be after `to`.');
    const { version, terms } = await this.tried(tx, policyId, wish.version);
    const it: SimulationRecord = {
      ...{
        id: newId(),
        policyId,
        version,
        terms,
        from,
        to,
        currency,
        merchantId,
        status: 'running',
        done: 0,
        total: 0,
      },
      ...{ report: null, createdBy: byUser, createdAt: this.clock.now(), beatAt: realNow(), finishedAt: null },
    };
    await insertSimulation(tx, it);
    afterCommit(tx, () => {
      this.enqueue(it);
    });
    return it;
  }

  /** Waits until it is done, here; at most so long. */
  async settled(id: string, patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([this.running.get(id) ?? Promise.resolve(), patience]);
    clearTimeout(timer);
  }

  /** @throws NotFound */
  async get(policyId: string, id: string): Promise<SimulationRecord> {
    const found = await findSimulation(asHouse(this.db), policyId, id);
    if (found === null) throw new NotFound('simulation');
    return found;
  }

  /** As it shows: a run whose process has died has failed. */
  statusOf({ status, beatAt }: SimulationRecord): SimulationRecord['status'] {
    return status === 'running' && realNow().getTime() - beatAt.getTime() > SILENCE_MS ? 'failed' : status;
  }

  private async tried(
    tx: EntityManager,
    id: string,
    asked: string | null,
  ): Promise<{ version: number | null; terms: Terms }> {
    if (asked === 'draft') return { version: null, terms: (await this.drafts.require(tx, id)).terms };
    if (asked !== null) {
      if (!/^[1-9]\d{0,8}$/.test(asked))
        throw invalidField('/version', 'format', 'It is a version’s number, or draft.');
      return this.policies.load(id, Number.parseInt(asked, 10));
    }
    const draft = await this.drafts.find(tx, id);
    if (draft !== null) return { version: null, terms: draft.terms };
    const [inForce] = await this.policies.history(id, { limit: 1, after: null }, tx);
    if (inForce === undefined) throw new NotFound('policy');
    return inForce;
  }

  private enqueue(it: SimulationRecord): void {
    const run = this.last.then(() => this.run(it));
    this.last = run;
    this.running.set(it.id, run);
    void run.finally(() => this.running.delete(it.id));
  }

  private async run(it: SimulationRecord): Promise<void> {
    try {
      const { total, versions } = await surveyed(asHouse(this.db), it);
      const rules = await this.rules(it, versions);
      await inTransaction(asHouse(this.db), async (tx) => {
        const report = await this.replay(tx, it, rules, total);
        await finish(tx, it.id, { done: total, report, at: this.clock.now() });
      });
    } catch (error) {
      this.log.error({ msg: 'a simulation failed', simulation: it.id, err: describe(error) });
      await finish(asHouse(this.db), it.id, { done: 0, report: null, at: this.clock.now() }).catch((lost: unknown) => {
        this.log.error({ msg: 'a simulation could not be ended', simulation: it.id, err: describe(lost) });
      });
    }
  }

  private async rules(it: SimulationRecord, versions: readonly { id: string; version: number }[]): Promise<Rules> {
    const own = new Map<string, Terms>();
    for (const { id, version } of versions) own.set(`${id}@${version}`, (await this.policies.load(id, version)).terms);
    return {
      tried: it.terms,
      own: ({ id, version }) => own.get(`${id}@${version}`) ?? it.terms,
      decide: (terms, facts) => this.policies.decide(terms, facts),
    };
  }

  private async replay(tx: EntityManager, it: SimulationRecord, rules: Rules, total: number): Promise<Report> {
    const tally = new Tally();
    let [done, n] = [0, 0];
    let waiting: Past[] = []; // of a package that may go on in the next batch
    await openPast(tx, it, SORTING_MS);
    for (;;) {
      const batch = await nextPast(tx, BATCH);
      if (this.stopped) throw new Error('The service stops.');
      const { whole, rest } = packages([...waiting, ...batch], batch.length === 0);
      waiting = rest;
      const changes: NumberedChange[] = [];
      for (const past of whole) {
        for (const found of replayPackage(past, rules)) {
          tally.add(found);
          if (isChanged(found)) changes.push({ n: (n += 1), it: found });
        }
      }
      if (changes.length > 0) await insertChanges(tx, it.id, changes);
      if (batch.length === 0) return tally.report();
      done += batch.length;
      await beat(asHouse(this.db), it.id, { done, total, beatAt: realNow() });
    }
  }
}

/** Decisions in packages; the last one is kept back unless nothing comes after it. */
function packages(past: readonly Past[], isEnd: boolean): { whole: Past[][]; rest: Past[] } {
  const groups: Past[][] = [];
  for (const one of past) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && subject(last[0]) === subject(one)) last.push(one);
    else groups.push([one]);
  }
  const rest = isEnd ? [] : (groups.pop() ?? []);
  return { whole: groups, rest };
}

function subject({ merchantId, orderId, packageId }: Past): string {
  return `${merchantId} ${packageId ?? orderId}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
