import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { takeTime } from '../../database/transaction.ts';
import { Clock } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import { fold, type Fold, type FoldEvent, type PackageWord } from '../fold.policy.ts';
import { MappingOutdated } from '../tracking.errors.ts';
import { TrackingStore, type PackageKey } from '../tracking.store.ts';
import { DeskStore, type Mapping, type OwnedEvent } from './desk.store.ts';
import { directionOf } from './meaning.policy.ts';

/** What was ever said of a code is read once: rarely done, and not while a buyer waits. */
const LONG_MS = 120_000;

/** A package whose story another meaning of a code would tell otherwise. */
export interface Change extends PackageKey {
  before: PackageWord | null;
  after: PackageWord | null;
  /** Steps that would be told, and may move money: `rto_delivered`, `lost` … */
  tells: readonly string[];
}

export interface MappingEffect {
  events: number;
  packages: number;
  changes: readonly Change[];
  /** Names this effect: what is published is what was seen. */
  fingerprint: string;
}

/** What staff say that codes mean; what a change would do is seen before it is done. */
@Injectable()
export class Mappings {
  constructor(
    private readonly desk: DeskStore,
    private readonly store: TrackingStore,
    private readonly clock: Clock,
  ) {}

  /** What a meaning would change, package by package; nothing is changed. */
  async preview(tx: EntityManager, mapping: Mapping): Promise<MappingEffect> {
    const { source, code } = mapping;
    takeTime(tx, LONG_MS);
    const reach = await this.desk.reachOf(tx, source, code);
    const changes: Change[] = [];
    for await (const events of this.desk.eventsAround(tx, source, code)) changes.push(...changeOf(events, mapping));
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([mapping, changes]))
      .digest('hex')
      .slice(0, 32);
    return { ...reach, changes, fingerprint };
  }

  /**
   * Makes a meaning count for what came and for what comes. Its packages are noted as due.
   * @param seen the fingerprint of the effect that the person saw
   * @throws MappingOutdated it would change something else by now
   */
  async publish(
    tx: EntityManager,
    mapping: Mapping,
    { seen, note, byUser }: { seen: string; note: string | null; byUser: string },
  ): Promise<{ effect: MappingEffect; packages: PackageKey[] }> {
    const effect = await this.preview(tx, mapping);
    if (effect.fingerprint !== seen) throw new MappingOutdated(effect.changes.length);
    await this.desk.keepMapping(tx, { ...mapping, note, byUser, createdAt: this.clock.now() });
    const packages = await this.desk.revise(tx, mapping);
    await this.store.noteDue(tx, packages);
    return { effect, packages };
  }

  /**
   * Takes a meaning back: what comes from now on is read by the translators' own tables again. What came keeps its
   * meaning; another one published for the code changes that, with its effect seen before.
   * @throws NotFound
   */
  async withdraw(tx: EntityManager, source: string, code: string): Promise<void> {
    if (!(await this.desk.dropMapping(tx, source, code))) throw new NotFound('mapping');
  }
}

function changeOf(events: readonly OwnedEvent[], mapping: Mapping): Change[] {
  const [first] = events;
  if (first === undefined) return [];
  const now = folded(events.map((event) => asFold(event)));
  const then = folded(events.map((event) => asFold(isMeant(event, mapping) ? meaning(event, mapping) : event)));
  const known = new Set(now.steps.map(({ word, ordinal }) => `${word}#${ordinal}`));
  const tells = then.steps.filter(({ word, ordinal }) => !known.has(`${word}#${ordinal}`)).map(({ word }) => word);
  if (now.packageWord === then.packageWord && tells.length === 0) return [];
  const { merchantId, packageId } = first;
  return [{ merchantId, packageId, before: now.packageWord, after: then.packageWord, tells }];
}

function isMeant(event: OwnedEvent, { source, code }: Mapping): boolean {
  return event.source === source && event.carrierCode === code;
}

function meaning(event: OwnedEvent, { status, reason }: Mapping): OwnedEvent {
  return { ...event, status, reason, direction: directionOf(event, status) };
}

function folded(events: readonly FoldEvent[]): Fold {
  return fold(events.filter(({ direction }) => direction !== 'reverse'));
}

function asFold(event: OwnedEvent): FoldEvent {
  return { ...event, key: event.eventKey, at: event.occurredAt };
}
