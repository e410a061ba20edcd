import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Header, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { ApiExcludeController } from '@nestjs/swagger';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { one } from '../database/sql.ts';
import { Access } from './access.ts';
import { Unlimited } from './limits.ts';

const MS_A_SECOND = 1_000;
/** Whoever collects figures waits for some seconds: a database that says nothing must not cost them all. */
const FIGURE_MS = 2_000;

interface Backlog {
  unpublished: string;
  waiting: string;
  dead: string;
}

/** What an operator watches: requests by route and status, the outbox's backlog, the process. */
@Injectable()
export class Metrics {
  private readonly log = new Logger('metrics');
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'waybill_http_request_seconds',
    help: 'Requests by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [this.registry],
  });
  private readonly events = new Gauge({
    name: 'waybill_events',
    help: 'Events in the outbox: not yet published, waiting for a listener, set aside after too many failures.',
    labelNames: ['state'],
    registers: [this.registry],
  });

  private readonly connections = new Gauge({
    name: 'waybill_database_connections',
    help: 'Of this process: open, idle, and requests that wait for one.',
    labelNames: ['state'],
    registers: [this.registry],
  });

  private readonly databaseUp = new Gauge({
    name: 'waybill_database_up',
    help: '1: the database answered what this page asks it; 0: it did not, and its figures are as they were last.',
    registers: [this.registry],
  });

  constructor(private readonly db: DataSource) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** For Fastify's onResponse, so that what guards refuse counts too. By the route's pattern: ids are no labels. */
  count(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url ?? 'none';
    this.requests.observe(
      { method: request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / MS_A_SECOND,
    );
  }

  /** Prometheus text; while the database is away too, when it is needed most. */
  async text(): Promise<string> {
    this.databaseUp.set(1);
    await this.asked(() => this.readBacklog());
    const { master: pool } = this.db.driver as unknown as { master: Pool }; // TypeORM's own pool
    this.connections.set({ state: 'open' }, pool.totalCount);
    this.connections.set({ state: 'idle' }, pool.idleCount);
    this.connections.set({ state: 'waiting' }, pool.waitingCount);
    return this.registry.metrics();
  }

  /** Reads a figure of the database's; where that fails it stays as it was, and `waybill_database_up` is 0. */
  async asked(read: () => Promise<void>): Promise<void> {
    try {
      await Promise.race([read(), silence()]);
    } catch (error) {
      this.databaseUp.set(0);
      this.log.warn({ msg: 'a figure is not to be had', err: error instanceof Error ? error.message : String(error) });
    }
  }

  private async readBacklog(): Promise<void> {
    const backlog = await one<Backlog>(
      asHouse(this.db),
      `SELECT (SELECT count(*) FROM event WHERE sequence IS NULL) AS unpublished,
              (SELECT count(*) FROM event_delivery WHERE dead_at IS NULL) + (SELECT count(*) FROM event_later) AS waiting,
              (SELECT count(*) FROM event_delivery WHERE dead_at IS NOT NULL) AS dead`,
    );
    this.events.set({ state: 'unpublished' }, Number(backlog?.unpublished ?? 0));
    this.events.set({ state: 'waiting' }, Number(backlog?.waiting ?? 0));
    this.events.set({ state: 'dead' }, Number(backlog?.dead ?? 0));
  }
}

async function silence(): Promise<never> {
  await sleep(FIGURE_MS, undefined, { ref: false });
  throw new Error('The database did not answer in time.');
}

@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Access({ public: true })
  @Unlimited()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
