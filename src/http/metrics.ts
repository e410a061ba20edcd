import {
  Controller,
  Get,
  Header,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { ApiExcludeController } from '@nestjs/swagger';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { finalize, type Observable } from 'rxjs';
import { DataSource } from 'typeorm';
import { asHouse } from '../database/scope.ts';
import { one } from '../database/sql.ts';
import { Access } from './access.ts';

interface Backlog {
  unpublished: string;
  waiting: string;
  dead: string;
}

/** What an operator watches: requests by route and status, the outbox's backlog, the process. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Histogram({
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

  constructor(private readonly db: DataSource) {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Prometheus text. */
  async text(): Promise<string> {
    const backlog = await one<Backlog>(
      asHouse(this.db),
      `SELECT (SELECT count(*) FROM event WHERE sequence IS NULL) AS unpublished,
              (SELECT count(*) FROM event_delivery WHERE dead_at IS NULL) + (SELECT count(*) FROM event_later) AS waiting,
              (SELECT count(*) FROM event_delivery WHERE dead_at IS NOT NULL) AS dead`,
    );
    this.events.set({ state: 'unpublished' }, Number(backlog?.unpublished ?? 0));
    this.events.set({ state: 'waiting' }, Number(backlog?.waiting ?? 0));
    this.events.set({ state: 'dead' }, Number(backlog?.dead ?? 0));
    const { master: pool } = this.db.driver as unknown as { master: Pool }; // TypeORM's own pool
    this.connections.set({ state: 'open' }, pool.totalCount);
    this.connections.set({ state: 'idle' }, pool.idleCount);
    this.connections.set({ state: 'waiting' }, pool.waitingCount);
    return this.registry.metrics();
  }
}

/** Times every request under its route's pattern, never its path: ids are no labels. */
@Injectable()
export class MetricsInterceptor implements NestInterceptor {
  constructor(private readonly metrics: Metrics) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const stop = this.metrics.requests.startTimer({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
    });
    return next.handle().pipe(finalize(() => stop({ status: String(reply.statusCode) })));
  }
}

@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Access({ public: true })
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): Promise<string> {
    return this.metrics.text();
  }
}
