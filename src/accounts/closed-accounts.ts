import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import type { Scope } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Timer } from '../events/timers.ts';
import { plusDays } from '../kernel/clock.ts';
import { MailService } from '../mail/mail.service.ts';
import { AccountsService } from './accounts.service.ts';
import { SessionsService } from './credentials/sessions.service.ts';

const ERASED_A_RUN = 100;

/** What goes a set time after an account was closed: its people. The merchant's name stays on its documents. */
@Injectable()
export class ClosedAccounts {
  readonly erasure: Timer = {
    name: 'accounts.erasure',
    nextDue: async (db) => {
      const next = await one<{ due: Date | null }>(
        db,
        'SELECT min(closed_at) AS due FROM merchant WHERE closed_at IS NOT NULL AND erased_at IS NULL',
      );
      const due = next?.due ?? null;
      return due === null ? null : plusDays(due, this.config.eraseAfterDays);
    },
    run: (db, now) => this.eraseOld(db, now),
  };

  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly mail: MailService,
    private readonly config: Config,
  ) {}

  private async eraseOld(db: Scope, now: Date): Promise<number> {
    const due = await rows<{ id: string }>(
      db,
      'SELECT id FROM merchant WHERE closed_at <= $1 AND erased_at IS NULL ORDER BY closed_at LIMIT $2',
      [plusDays(now, -this.config.eraseAfterDays), ERASED_A_RUN],
    );
    for (const { id } of due) await inTransaction(db, (tx) => this.erase(tx, id, now));
    return due.length;
  }

  private async erase(tx: EntityManager, merchantId: string, now: Date): Promise<void> {
    if (!(await this.accounts.eraseMailbox(tx, merchantId, now))) return; // another worker
    const people = await rows<{ id: string }>(tx, 'SELECT id FROM account_user WHERE merchant_id = $1', [merchantId]);
    for (const { id } of people) await this.sessions.closeAll(tx, { merchantId, id });
    await this.mail.forget(tx, merchantId);
    await rows(tx, 'DELETE FROM login WHERE merchant_id = $1', [merchantId]);
    await rows(tx, 'DELETE FROM account_token WHERE merchant_id = $1', [merchantId]);
    await rows(tx, `UPDATE account_user SET email = 'erased', name = NULL, password_hash = '' WHERE merchant_id = $1`, [
      merchantId,
    ]);
  }
}
