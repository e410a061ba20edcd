import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import { asHouse } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { CALL, LaneCalls } from './lane-calls.ts';
import { laneOf } from './outbox.ts';

const LEASE_SECONDS = 10;
const RENEW_MS = 2_000;
const POLL_MS = 1_000;
const CALL_EVERY_MS = 10;

/** A lane is taken from another only when no transaction that asked for its lease still runs. */
const RENEW = `
  WITH own AS (
    SELECT lane FROM event_lane WHERE owner = $1 ORDER BY lane FOR NO KEY UPDATE SKIP LOCKED
  ), free AS (
    SELECT lane FROM event_lane WHERE owner IS DISTINCT FROM $1 AND expires_at < clock_timestamp() ORDER BY lane FOR UPDATE SKIP LOCKED
  )
  UPDATE event_lane SET epoch = epoch + CASE WHEN owner = $1 THEN 0 ELSE 1 END, owner = $1,
    expires_at = clock_timestamp() + make_interval(secs => $2)
  WHERE lane IN (SELECT lane FROM own UNION ALL SELECT lane FROM free) RETURNING lane, epoch`;

/** The right to publish a lane, until it is somebody else's: the epoch fences a holder that was too slow. */
export interface Lease {
  lane: number;
  epoch: string;
}

/** Leases of the outbox's lanes, one relay each, renewed on the database's clock; NOTIFY only wakes an owner up. */
@Injectable()
export class Lanes {
  private readonly log = new Logger('lanes');
  private leases = new Map<number, Lease>();
  private readonly called = new Set<number>();
  private timers: NodeJS.Timeout[] = [];
  private calls: LaneCalls | null = null;
  private stopped = false;

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
  ) {}

  of(merchantId: string): number {
    return laneOf(merchantId);
  }

  /** What this process holds of a lane; null: nothing. */
  lease(lane: number): Lease | null {
    return this.leases.get(lane) ?? null;
  }

  /** Begins to take leases and to poll them. @param look called with lanes that may have work */
  start(look: (lanes: number[]) => void): void {
    const pollAll = (): void => {
      look([...this.leases.keys()]);
    };
    void this.renew().then(pollAll);
    this.timers = [setInterval(() => void this.renew(), RENEW_MS), setInterval(pollAll, POLL_MS)];
    this.calls = new LaneCalls((this.db.options as { url?: string }).url, (lane) => {
      if (this.leases.has(lane)) look([lane]);
    });
    this.calls.start();
  }

  /** Is the lease still ours? Asked inside each transaction, which then fences the lane until its commit. */
  async holds(tx: EntityManager, { lane, epoch }: Lease): Promise<boolean> {
    const found = await rows(
      tx,
      `SELECT 1 FROM event_lane WHERE lane = $1 AND owner = $2 AND epoch = $3 FOR KEY SHARE`,
      [lane, this.config.instance, epoch],
    );
    return found.length === 1;
  }

  /** Tells the process that leases the lane; several calls within some milliseconds are one. */
  callOwner(lane: number): void {
    if (this.called.size === 0) setTimeout(() => void this.notify(), CALL_EVERY_MS).unref();
    this.called.add(lane);
  }

  /** Nothing is leased any more for this process's eyes; what runs keeps its lease until `stop`, or until it ends. */
  rest(): void {
    this.stopped = true;
    for (const timer of this.timers) clearInterval(timer);
    this.leases = new Map();
  }

  /** Gives every lease back, so that another process takes over at once. */
  async stop(): Promise<void> {
    this.rest();
    await Promise.all([this.giveBack(), this.calls?.stop()]);
  }

  private async giveBack(): Promise<void> {
    if (!this.db.isInitialized) return;
    await rows(asHouse(this.db), `UPDATE event_lane SET owner = NULL, expires_at = '-infinity' WHERE owner = $1`, [
      this.config.instance,
    ]);
  }

  /** A stop may come while a statement runs. */
  private isRunning(): boolean {
    return !this.stopped;
  }

  private async renew(): Promise<void> {
    if (!this.isRunning()) return;
    try {
      const held = await rows<{ lane: number; epoch: string }>(asHouse(this.db), RENEW, [
        this.config.instance,
        LEASE_SECONDS,
      ]);
      if (this.isRunning()) this.leases = new Map(held.map((lease) => [lease.lane, lease]));
    } catch (error) {
      this.log.warn({ msg: 'leases not renewed', err: error instanceof Error ? error.message : String(error) });
    }
  }

  private async notify(): Promise<void> {
    const lanes = [...this.called];
    this.called.clear();
    try {
      await rows(asHouse(this.db), CALL, [lanes]);
    } catch (error) {
      this.log.warn({ msg: 'owner not called; it polls', err: error instanceof Error ? error.message : String(error) });
    }
  }
}
