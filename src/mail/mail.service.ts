import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../config.ts';
import { filtersOf, whereOf } from '../database/filters.ts';
import { asHouse } from '../database/scope.ts';
import { one, rows, send } from '../database/sql.ts';
import { afterCommit } from '../database/transaction.ts';
import { Secrets } from '../http/secrets.ts';
import { Clock, realNow } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { HOUSE_ID, newId } from '../kernel/ids.ts';
import type { PageRequest } from '../kernel/pages.ts';

export type MailStatus = 'waiting' | 'sent' | 'failed' | 'kept';
export const MAIL_STATUSES: readonly MailStatus[] = ['waiting', 'sent', 'failed', 'kept'];

/** A mail to be sent. */
export interface NewMail {
  /** Why, such as `password-reset:<uuid>`: the same key sends one mail, for ever. */
  key: string;
  /** One plain address. */
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** What sort of mail: `password_reset`. */
  kind: string;
  /** Null or left out: to the operator's own people. */
  merchantId?: string | null;
  /** The bodies hold a secret that is worth nothing after this instant (real time): they are kept encrypted, and erased once sent. */
  secretUntil?: Date;
  attachments?: readonly MailAttachment[];
}

/** A file that goes with a mail; kept until the mail is sent. */
export interface MailAttachment {
  name: string;
  /** Media type. */
  type: string;
  bytes: Buffer;
}

export interface MailBodies {
  text: string;
  html: string | null;
}

export interface MailRow extends MailBodies {
  merchant_id: string;
  id: string;
  kind: string;
  recipient: string;
  subject: string;
  sealed: boolean;
  secret_until: Date | null;
  status: MailStatus;
  attempts: number;
  last_error: string | null;
  created_at: Date;
  sent_at: Date | null;
}

export interface MailFilter {
  status: MailStatus | null;
  kind: string | null;
  to: string | null;
}

const POST = `
  INSERT INTO mail (merchant_id, id, key, kind, recipient, subject, text, html, sealed, secret_until, status, next_at, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT ON CONSTRAINT mail_once_per_key DO NOTHING RETURNING id`;

/** Mails are stored with the change that causes them; the sender sends them, and without SMTP they are kept for staff to read. */
@Injectable()
export class MailService {
  private wakers: readonly (() => void)[] = [];

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
  ) {}

  /** Posts a mail, in the transaction of the change that it tells of; a second one with the same key is not sent. */
  async post(tx: EntityManager, mail: NewMail): Promise<void> {
    const { key, to, subject, text, html = null, kind, merchantId = null, secretUntil = null, attachments = [] } = mail;
    const id = newId();
    const bodies =
      secretUntil === null
        ? { text, html }
        : { text: this.secrets.seal(JSON.stringify({ text, html }), `mail:${id}`), html: null };
    const values = [
      ...[
        merchantId ?? HOUSE_ID,
        id,
        key,
        kind,
        to,
        subject,
        bodies.text,
        bodies.html,
        secretUntil !== null,
        secretUntil,
      ],
      ...[this.config.smtpUrl === null ? 'kept' : 'waiting', realNow(), this.clock.now()],
    ];
    if (attachments.length === 0) send(tx, POST, values);
    else if ((await rows(tx, POST, values)).length > 0) await this.attach(tx, merchantId ?? HOUSE_ID, id, attachments);
    afterCommit(tx, () => {
      for (const wake of this.wakers) wake();
    });
  }

  /** What goes with a mail, in its order. */
  attachments({ merchant_id, id }: Pick<MailRow, 'merchant_id' | 'id'>): Promise<MailAttachment[]> {
    return rows<MailAttachment>(
      asHouse(this.db),
      `SELECT name, type, bytes FROM mail_attachment WHERE merchant_id = $1 AND mail_id = $2 ORDER BY n`,
      [merchant_id, id],
    );
  }

  private async attach(
    tx: EntityManager,
    merchantId: string,
    id: string,
    attachments: readonly MailAttachment[],
  ): Promise<void> {
    for (const [i, { name, type, bytes }] of attachments.entries()) {
      await rows(
        tx,
        `INSERT INTO mail_attachment (merchant_id, mail_id, n, name, type, bytes) VALUES ($1, $2, $3, $4, $5, $6)`,
        [merchantId, id, i + 1, name, type, bytes],
      );
    }
  }

  /** The people of a merchant are erased: who was written to, and what. That something was sent, and when, stays. */
  async forget(tx: EntityManager, merchantId: string): Promise<void> {
    await rows(tx, 'DELETE FROM mail_attachment WHERE merchant_id = $1', [merchantId]);
    await rows(
      tx,
      `UPDATE mail SET recipient = 'erased', subject = '', text = '', html = NULL, sealed = false, secret_until = NULL,
         last_error = NULL, status = CASE WHEN status = 'waiting' THEN 'failed' ELSE status END
       WHERE merchant_id = $1`,
      [merchantId],
    );
  }

  /** Called after each commit that posted something. */
  onPosted(wake: () => void): void {
    this.wakers = [...this.wakers, wake];
  }

  /** The bodies as they were written. */
  bodies(mail: Pick<MailRow, 'id' | 'text' | 'html' | 'sealed'>): MailBodies {
    if (!mail.sealed) return { text: mail.text, html: mail.html };
    return JSON.parse(this.secrets.open(mail.text, `mail:${mail.id}`)) as MailBodies;
  }

  /** Newest first; one row more than the page, where there is one. */
  list(filter: MailFilter, request: PageRequest): Promise<MailRow[]> {
    const { clauses, params } = filtersOf(
      [],
      [
        ['id <', request.after?.[0]],
        ['status =', filter.status],
        ['kind =', filter.kind],
        ['recipient =', filter.to],
      ],
    );
    return rows<MailRow>(
      asHouse(this.db),
      `SELECT * FROM mail ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(request.limit + 1)}`,
      params,
    );
  }

  /** @throws NotFound */
  async get(id: string): Promise<MailRow> {
    const found = await one<MailRow>(asHouse(this.db), `SELECT * FROM mail WHERE id = $1`, [id]);
    if (found === null) throw new NotFound('mail');
    return found;
  }
}
