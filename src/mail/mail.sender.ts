import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { createTransport, Transporter } from 'nodemailer';
import type SMTPTransport from 'nodemailer/lib/smtp-transport/index.js';
import { DataSource } from 'typeorm';
import { Config } from '../config.ts';
import { asHouse } from '../database/scope.ts';
import { rows } from '../database/sql.ts';
import { Timers } from '../events/timers.ts';
import { Clock, realNow } from '../kernel/clock.ts';
import { later } from '../kernel/later.ts';
import { pauseMs, verdict } from './mail-retry.policy.ts';
import { MailService, type MailRow } from './mail.service.ts';

const nodemailer = later((from) => from('nodemailer') as { createTransport: typeof createTransport });

/** In flight at once, of one process. */
const AT_ONCE = 4;
const CONNECT_MS = 5_000;
const SILENCE_MS = 10_000;
/** All that one attempt may take, also from a server that drips. */
const ATTEMPT_MS = 30_000;
/** A mail that a process took and did not report on is anybody's again; longer than an attempt. */
const LEASE_MS = 60_000;
const STOP_MS = 5_000;

/**
 * Sends what was posted: a row is leased, the mail goes out with no transaction open, then the outcome is written. A
 * process that dies in between leaves a mail that is sent again under the same Message-ID.
 */
@Injectable()
export class MailSender implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('mail');
  private readonly smtp: Transporter<SMTPTransport.SentMessageInfo, SMTPTransport.Options> | null;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly mail: MailService,
    private readonly timers: Timers,
  ) {
    const times = { connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS };
    this.smtp = config.smtpUrl === null ? null : nodemailer().createTransport({ url: config.smtpUrl, ...times });
  }

  onModuleInit(): void {
    if (this.config.role === 'api') return;
    this.timers.register({
      name: 'mail',
      realTime: true,
      nextDue: () => Promise.resolve(null), // never part of a jump
      run: () => this.tick(),
    });
    this.mail.onPosted(() => {
      this.wake();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await within(this.settled(), STOP_MS).catch((error: unknown) => {
      this.log.warn({ msg: 'a mail was still under way', err: String(error) }); // its lease runs out: another process sends it
    });
    this.smtp?.close();
  }

  /** Every mail that is due has been tried. */
  async settled(): Promise<void> {
    while (this.running !== null) await this.running;
  }

  /** Sends what is due, beside what else happens: a slow mail server holds nobody up. */
  wake(): void {
    if (this.smtp === null || this.stopped) return;
    if (this.running !== null) {
      this.again = true;
      return;
    }
    this.running = this.sendDue(this.smtp)
      .catch((error: unknown) => {
        this.log.error({ msg: 'sending stopped for now', err: error instanceof Error ? error.message : String(error) });
      })
      .finally(() => {
        this.running = null;
        if (!this.again) return;
        this.again = false;
        this.wake();
      });
  }

  /** Erases secrets that have run out, and sends what is due. @returns how many were erased */
  async tick(): Promise<number> {
    const erased = await this.eraseSecrets();
    this.wake();
    return erased;
  }

  private async sendDue(smtp: NonNullable<typeof this.smtp>): Promise<void> {
    for (;;) {
      const mails = await this.lease();
      if (mails.length === 0) return;
      await Promise.all(mails.map((mail) => this.send(smtp, mail)));
    }
  }

  /** Due rows, each taken by whoever moves its due time first: no lock is held while a server is waited for. */
  private async lease(): Promise<MailRow[]> {
    if (this.stopped) return [];
    const now = realNow();
    const due = await rows<{ merchant_id: string; id: string; attempts: number }>(
      asHouse(this.db),
      `SELECT merchant_id, id, attempts FROM mail WHERE status = 'waiting' AND next_at <= $1
         AND (secret_until IS NULL OR secret_until > $1) ORDER BY next_at LIMIT $2`,
      [now, AT_ONCE],
    );
    const taken = await Promise.all(
      due.map(({ merchant_id, id, attempts }) =>
        rows<MailRow>(
          asHouse(this.db),
          `UPDATE mail SET next_at = $4, attempts = attempts + 1
           WHERE merchant_id = $1 AND id = $2 AND attempts = $3 AND status = 'waiting' RETURNING *`,
          [merchant_id, id, attempts, new Date(now.getTime() + LEASE_MS)],
        ),
      ),
    );
    return taken.flat();
  }

  private async send(smtp: NonNullable<typeof this.smtp>, mail: MailRow): Promise<void> {
    try {
      const { text, html } = this.mail.bodies(mail);
      const files = await this.mail.attachments(mail);
      const message = {
        from: this.config.mailFrom,
        to: { name: '', address: mail.recipient },
        subject: mail.subject,
        text,
        ...(html === null ? {} : { html }),
        attachments: files.map(({ name: filename, type: contentType, bytes: content }) => ({
          ...{ filename, contentType, content },
        })),
        messageId: `<${mail.id}@${new URL(this.config.publicUrl).hostname}>`,
        disableFileAccess: true,
        disableUrlAccess: true,
      };
      await within(smtp.sendMail(message), ATTEMPT_MS);
    } catch (error) {
      await this.failed(mail, error);
      return;
    }
    await rows(
      asHouse(this.db),
      `WITH gone AS (DELETE FROM mail_attachment WHERE merchant_id = $1 AND mail_id = $2)
       UPDATE mail SET status = 'sent', sent_at = $3, last_error = NULL, secret_until = NULL, sealed = false,
         text = CASE WHEN sealed THEN '' ELSE text END
       WHERE merchant_id = $1 AND id = $2`,
      [mail.merchant_id, mail.id, this.clock.now()],
    );
  }

  private async failed(mail: MailRow, error: unknown): Promise<void> {
    const { code: step, responseCode: reply } = error as { code?: unknown; responseCode?: unknown };
    const status = verdict(mail.attempts, { step, reply });
    const reason = error instanceof Error ? error.message : String(error);
    this.log.warn({
      msg: status === 'failed' ? 'mail given up' : 'mail not sent',
      mail: mail.id,
      attempts: mail.attempts,
      step,
      reply,
    });
    await rows(
      asHouse(this.db),
      `UPDATE mail SET status = $3, last_error = $4, next_at = $5 WHERE merchant_id = $1 AND id = $2`,
      [
        ...[mail.merchant_id, mail.id, status, reason.slice(0, 500)],
        new Date(realNow().getTime() + pauseMs(mail.attempts, Math.random())),
      ],
    );
  }

  /** A secret that is worth nothing any more is not kept either; what still waits to tell it is not sent. */
  private async eraseSecrets(): Promise<number> {
    const erased = await rows(
      asHouse(this.db),
      `UPDATE mail SET text = '', html = NULL, sealed = false, secret_until = NULL,
         status = CASE status WHEN 'waiting' THEN 'failed' ELSE status END,
         last_error = CASE status WHEN 'waiting' THEN 'What it told has run out.' ELSE last_error END
       WHERE secret_until <= $1 RETURNING id`,
      [realNow()],
    );
    return erased.length;
  }
}

/** @throws Error it took longer; what it does goes on unheard */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`It took longer than ${ms} ms.`));
    }, ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
