import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config.ts';
import { asHouse } from '../../database/scope.ts';
import { inTransaction } from '../../database/transaction.ts';
import { realNow } from '../../kernel/clock.ts';
import { idOut } from '../../kernel/ids.ts';
import { call, type Called } from '../../outside/call.ts';
import { NoTarget, Targets } from '../../outside/targets.ts';
import { bodyOf } from '../snapshots.ts';
import type { Endpoint } from './endpoints.service.ts';
import { EndpointMails } from './endpoint-mails.ts';
import { QueueStore, type Attempt, type Due, type EndpointKey } from './queue.store.ts';
import { openForMs, verdict, type Verdict } from './retry.policy.ts';
import { signedHeaders } from './signing.ts';
import { Turns } from './turns.ts';

const AGENT = 'Waybill-Webhooks/1';

/** An endpoint as the process that sends to it knows it. */
export interface Health {
  key: EndpointKey;
  /** In a row. */
  failures: number;
  isFailing: boolean;
}

/** What a try did to the endpoint: goes on, or is to be left alone. */
export type After = 'well' | 'failing' | 'closed';

/** Makes one try: the attempt is written, the call made with no transaction open, then what came of it is written. */
@Injectable()
export class Courier {
  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly queue: QueueStore,
    private readonly turns: Turns,
    private readonly targets: Targets,
    private readonly mails: EndpointMails,
  ) {}

  async send(health: Health, endpoint: Endpoint, secrets: readonly string[], due: Due): Promise<After> {
    const id = idOut('evt', due.event_id);
    const body = bodyOf({
      id: due.event_id,
      type: due.type,
      createdAt: due.event_at,
      sequence: BigInt(due.sequence),
      data: due.data,
    });
    const began = realNow();
    const { 'webhook-signature': signature, ...named } = signedHeaders(id, body, secrets, began);
    const plain = { 'content-type': 'application/json', 'user-agent': AGENT, ...named };
    const number = await this.queue.claim(health.key, due.id, began, JSON.stringify(plain));
    if (number === null) return 'well'; // somebody else has sent it, or took it back
    const called = await this.call(endpoint.url, { ...plain, 'webhook-signature': signature }, body);
    const ended = realNow();
    const attempt: Attempt = {
      merchantId: health.key.merchantId,
      deliveryId: due.id,
      number,
      end: {
        durationMs: ended.getTime() - began.getTime(),
        statusCode: called.outcome.kind === 'answer' ? called.outcome.status : null,
        error: called.outcome.kind === 'failure' ? called.outcome.error : null,
        responseHeaders: called.responseHeaders,
        responseBody: called.responseBody,
      },
    };
    const said = verdict(called.outcome, due.tries + 1, due.give_up_at.getTime() - ended.getTime(), Math.random());
    if (said.status === 'delivered') {
      await this.delivered(health, attempt, ended);
      return 'well';
    }
    return this.failed(health, attempt, { called, said, now: ended });
  }

  private async call(url: string, headers: Record<string, string>, body: string): Promise<Called> {
    try {
      return await call(await this.targets.find(url), { headers, body, timeoutMs: this.config.webhookTimeoutMs });
    } catch (error) {
      if (!(error instanceof NoTarget)) throw error;
      return { outcome: { kind: 'failure', error: error.reason }, responseHeaders: null, responseBody: null };
    }
  }

  private async delivered(health: Health, attempt: Attempt, now: Date): Promise<void> {
    await this.queue.delivered(attempt, now);
    if (!health.isFailing) return;
    const wasOpen = openForMs({ kind: 'failure', error: '' }, health.failures, 0) > 0;
    health.failures = 0;
    health.isFailing = false;
    await this.turns.take(() =>
      inTransaction(asHouse(this.db), (tx) => this.queue.recovered(tx, health.key, wasOpen, now)),
    );
  }

  private async failed(
    health: Health,
    attempt: Attempt,
    { called, said, now }: { called: Called; said: Exclude<Verdict, { status: 'delivered' }>; now: Date },
  ): Promise<After> {
    health.failures += 1;
    health.isFailing = true;
    const { key, failures } = health;
    const openMs = openForMs(called.outcome, failures, Math.random());
    const pausedUntil = openMs === 0 ? null : new Date(now.getTime() + openMs);
    const next = said.status === 'failed' ? null : { at: new Date(now.getTime() + said.pauseMs), holds: said.holds };
    return this.turns.take(() =>
      inTransaction(asHouse(this.db), async (tx) => {
        await this.queue.failed(tx, attempt, next);
        await this.queue.suffered(tx, key, { failures, now, pausedUntil });
        if (said.status !== 'failed') return pausedUntil === null ? 'failing' : 'closed';
        const isOver = said.gone || (await this.queue.failedThroughout(tx, key, attempt.deliveryId));
        if (isOver) await this.mails.disable(tx, key, said.gone ? 'gone' : 'failing', now);
        return isOver || pausedUntil !== null ? 'closed' : 'failing';
      }),
    );
  }
}
