import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../../src/config.ts';
import { DatabaseModule } from '../../src/database/database.module.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { one, rows } from '../../src/database/sql.ts';
import { attempt, inTransaction } from '../../src/database/transaction.ts';
import { EventsModule } from '../../src/events/events.module.ts';
import { OnEvent, OnEventLater, type DomainEvent } from '../../src/events/on-event.ts';
import { laneOf, Outbox } from '../../src/events/outbox.ts';
import { Relay } from '../../src/events/relay.ts';
import { Retries } from '../../src/events/retries.ts';
import { newId } from '../../src/kernel/ids.ts';
import { until } from '../support/process.ts';

/** How often the ledger of the test fails before it does its part, by order. */
const failures = new Map<string, number>();

/** Writes what it heard into a table, in the relay's transaction. */
@Injectable()
class Ledger {
  @OnEvent('order.placed', 'order.paid')
  async heard(tx: EntityManager, event: DomainEvent<'order.placed' | 'order.paid'>): Promise<void> {
    await rows(tx, `INSERT INTO heard (order_id, name, event_id, sequence) VALUES ($1, $2, $3, $4)`, [
      event.payload.orderId,
      event.name,
      event.id,
      event.sequence.toString(),
    ]);
    const left = failures.get(event.payload.orderId) ?? 0;
    if (left === 0) return;
    failures.set(event.payload.orderId, left - 1);
    throw new Error('the listener fails after its write');
  }
}

/** Who did its part with goods, in order. */
const parts: string[] = [];

@Injectable()
class Letters {
  @OnEventLater('stock.depleted')
  write(_tx: EntityManager, _event: DomainEvent<'stock.depleted'>): Promise<void> {
    parts.push('letter');
    return Promise.resolve();
  }
}

@Injectable()
class Warehouse {
  @OnEvent('stock.depleted')
  reorder(_tx: EntityManager, _event: DomainEvent<'stock.depleted'>): Promise<void> {
    parts.push('goods');
    return Promise.resolve();
  }
}

@Module({})
class Settings {}

@Module({ imports: [EventsModule], providers: [Letters, Warehouse, Ledger] })
class House {
  static on(url: string, role: string): DynamicModule {
    const config = { provide: Config, useValue: new Config({ SANDBOX: 'true', LOG_LEVEL: 'silent', ROLE: role }) };
    const settings = { module: Settings, global: true, providers: [config], exports: [config] };
    return { module: House, imports: [settings, DatabaseModule.on(url, 10)] };
  }
}

interface Heard {
  order_id: string;
  name: string;
  event_id: string;
  sequence: string;
}

describe('the outbox', () => {
  const url = process.env['DATABASE_URL'] ?? '';
  let workers: INestApplicationContext[];
  let db: Scope;
  let outbox: Outbox;
  const relay = (): Relay => (workers[0] as INestApplicationContext).get(Relay);
  const start = (role = 'all') => NestFactory.createApplicationContext(House.on(url, role), { logger: false });

  beforeAll(async () => {
    workers = [await start()];
    const [first] = workers as [INestApplicationContext];
    [db, outbox] = [asHouse(first.get(DataSource)), first.get(Outbox)];
    const owner = await new DataSource({ type: 'postgres', url }).initialize();
    await owner.query(
      `CREATE TABLE heard (order_id uuid, name text, event_id uuid, sequence bigint); GRANT ALL ON heard TO waybill_app`,
    );
    await owner.destroy();
  });

  afterAll(async () => {
    for (const worker of workers) {
      await worker.get(Relay).stop();
      await worker.close();
    }
  });

  beforeEach(async () => {
    failures.clear();
    await rows(db, 'DELETE FROM heard');
  });

  const tell = (tx: EntityManager, merchantId: string, orderId: string, name: 'order.placed' | 'order.paid') => {
    outbox.tell(tx, name, { merchantId, orderId, at: new Date(0).toISOString() });
  };
  const committed = (merchantId: string, orderId: string, name: 'order.placed' | 'order.paid') =>
    inTransaction(db, (tx) => {
      tell(tx, merchantId, orderId, name);
      return Promise.resolve();
    });
  const heard = () => rows<Heard>(db, 'SELECT * FROM heard ORDER BY sequence');

  it('tells nothing of a change that rolled back', async () => {
    const failing = inTransaction(db, (tx) => {
      tell(tx, newId(), newId(), 'order.placed');
      return Promise.reject(new Error('no'));
    });
    await expect(failing).rejects.toThrow('no');
    await relay().drain();
    expect(await heard()).toEqual([]);
  });

  it('tells nothing of a part that was undone while the rest went on', async () => {
    const [merchantId, kept, undone] = [newId(), newId(), newId()];
    await inTransaction(db, async (tx) => {
      tell(tx, merchantId, kept, 'order.placed');
      const part = attempt(tx, () => {
        tell(tx, merchantId, undone, 'order.placed');
        return Promise.reject(new Error('this part fails'));
      });
      await expect(part).rejects.toThrow('this part fails');
    });
    await relay().drain();
    expect((await heard()).map((h) => h.order_id)).toEqual([kept]);
  });

  it('lets each effect happen once, gapless and in order per order, with 8 tellers at once and a second worker beside', async () => {
    workers.push(await start());
    const merchants = Array.from({ length: 5 }, () => newId());
    const orders = Array.from({ length: 40 }, (_, i) => ({ merchantId: merchants[i % 5] ?? '', orderId: newId() }));
    await Promise.all(
      Array.from({ length: 8 }, async (_, teller) => {
        for (const { merchantId, orderId } of orders.filter((_order, i) => i % 8 === teller)) {
          await committed(merchantId, orderId, 'order.placed');
          await committed(merchantId, orderId, 'order.paid');
        }
      }),
    );
    await relay().drain();
    const all = await heard();
    expect(all).toHaveLength(80);
    expect(new Set(all.map((h) => h.event_id)).size).toBe(80);
    for (const { orderId } of orders) {
      expect(all.filter((h) => h.order_id === orderId).map((h) => h.name)).toEqual(['order.placed', 'order.paid']);
    }
    for (const merchantId of merchants) {
      const sequences = await rows<{ sequence: string }>(
        db,
        'SELECT sequence FROM event WHERE merchant_id = $1 ORDER BY sequence',
        [merchantId],
      );
      expect(sequences.map((s) => s.sequence)).toEqual(sequences.map((_, i) => String(i + 1)));
    }
  });

  it('tries a failing listener again, its half-done write undone, and keeps the order of that order only', async () => {
    const [merchantId, slow, quick] = [newId(), newId(), newId()];
    failures.set(slow, 2);
    await committed(merchantId, slow, 'order.placed');
    await committed(merchantId, slow, 'order.paid');
    await committed(merchantId, quick, 'order.placed');
    await relay().drain();
    const all = await heard();
    expect(all.filter((h) => h.order_id === slow).map((h) => h.name)).toEqual(['order.placed', 'order.paid']);
    expect(all.filter((h) => h.order_id === quick)).toHaveLength(1);
  });

  it('lets what is patient do its part after everything else', async () => {
    const merchantId = newId();
    const at = new Date(0).toISOString();
    await inTransaction(db, (tx) => {
      for (let n = 0; n < 12; n += 1) outbox.tell(tx, 'stock.depleted', { merchantId, sku: `SKU-${n}`, at });
      return Promise.resolve();
    });
    await relay().drain();
    expect(parts).toEqual([...Array<string>(12).fill('goods'), ...Array<string>(12).fill('letter')]);
  });

  it('sets an event aside after its last try, and says so', async () => {
    const [merchantId, broken] = [newId(), newId()];
    failures.set(broken, 1_000);
    await committed(merchantId, broken, 'order.placed');
    for (let tried = 0; tried < 200; tried += 1) {
      await rows(db, `UPDATE event_delivery SET next_at = clock_timestamp() WHERE merchant_id = $1`, [merchantId]);
      const dead = await one(db, `SELECT 1 FROM event_delivery WHERE merchant_id = $1 AND dead_at IS NOT NULL`, [
        merchantId,
      ]);
      if (dead !== null) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    const left = await rows<{ attempts: number; last_error: string }>(
      db,
      `SELECT * FROM event_delivery WHERE merchant_id = $1`,
      [merchantId],
    );
    expect(left).toEqual([expect.objectContaining({ attempts: 12, last_error: 'the listener fails after its write' })]);
    expect(await heard()).toEqual([]);
  });

  it('holds it against no listener that the database had no connection for it', async () => {
    const [merchantId, broken] = [newId(), newId()];
    failures.set(broken, 1_000);
    await committed(merchantId, broken, 'order.placed');
    const apart = () =>
      one<{ attempts: number }>(
        db,
        `UPDATE event_delivery SET next_at = clock_timestamp() + interval '1 hour' WHERE merchant_id = $1 AND attempts > 0 RETURNING attempts`,
        [merchantId],
      );
    let tried: { attempts: number } | null = null;
    await until('it has failed', async () => (tried = await apart()) !== null);
    failures.clear();
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const others = Array.from({ length: 8 }, () => inTransaction(db, () => over));
    await rows(db, `UPDATE event_delivery SET next_at = clock_timestamp() WHERE merchant_id = $1`, [merchantId]);
    const retries = (workers[0] as INestApplicationContext).get(Retries);
    retries.wake(laneOf(merchantId));
    await retries.idle();
    expect(await apart()).toEqual(tried);
    end();
    await Promise.all(others);
    await rows(db, `UPDATE event_delivery SET next_at = clock_timestamp() WHERE merchant_id = $1`, [merchantId]);
    await relay().drain();
    expect((await heard()).map((h) => h.order_id)).toEqual([broken]);
  });

  it('leaves its lanes to another worker when it stops', async () => {
    const [merchantId, orderId] = [newId(), newId()];
    await relay().stop();
    await committed(merchantId, orderId, 'order.placed');
    await workers[1]?.get(Relay).drain();
    expect((await heard()).map((h) => h.order_id)).toEqual([orderId]);
  });
});
