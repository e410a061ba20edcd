import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { Config } from '../../src/config.ts';
import { one, rows } from '../../src/database/sql.ts';
import { inTransaction } from '../../src/database/transaction.ts';
import { Timers } from '../../src/events/timers.ts';
import { Secrets } from '../../src/http/secrets.ts';
import { Clock } from '../../src/kernel/clock.ts';
import { MailSender } from '../../src/mail/mail.sender.ts';
import { MailService, type NewMail } from '../../src/mail/mail.service.ts';
import { startApp, type TestApp } from '../support/app.ts';

/** A mail server on the loopback that takes, or refuses, as told. */
class Catcher {
  readonly got: string[] = [];
  /** The reply to a recipient; null: taken. */
  reply: number | null = null;
  private readonly server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, done) => {
      done(this.reply === null ? null : Object.assign(new Error('not today'), { responseCode: this.reply }));
    },
    onData: (stream, _session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        this.got.push(Buffer.concat(parts).toString('utf8'));
        done();
      });
    },
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server.server, 'listening');
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((done) => {
      this.server.close(() => {
        done();
      });
    });
  }
}

const catcher = new Catcher();
let test: TestApp;
let mail: MailService;
let sender: MailSender;

beforeAll(async () => {
  test = await startApp({
    SMTP_URL: await catcher.listen(),
    MAIL_FROM: 'Waybill <robot@operator.example>',
    PUBLIC_URL: 'https://api.operator.example',
  });
  mail = test.app.get(MailService);
  sender = test.app.get(MailSender);
});

afterAll(async () => {
  await test.close();
  await catcher.close();
});

beforeEach(async () => {
  await sender.settled();
  catcher.got.length = 0;
  catcher.reply = null;
});

const example: NewMail = {
  key: 'k',
  to: 'ada@merchants.example',
  subject: 'Über Nacht',
  text: 'Dear Ada,\nit is so.',
  kind: 'test',
};
const post = (given: Partial<NewMail>): Promise<void> =>
  inTransaction(test.db, (tx) => mail.post(tx, { ...example, ...given }));
const stored = (key: string) => one<Record<string, unknown>>(test.db, `SELECT * FROM mail WHERE key = $1`, [key]);

/** The pause before the next attempt is over. */
async function again(): Promise<void> {
  await rows(test.db, `UPDATE mail SET next_at = clock_timestamp() - interval '1 second' WHERE status = 'waiting'`);
  sender.wake();
  await sender.settled();
}

describe('a mail that is posted', () => {
  it('is sent once, however often it is posted', async () => {
    await post({ key: 'once', html: '<p>Dear Ada</p>' });
    await post({ key: 'once' });
    await sender.settled();
    expect(catcher.got).toHaveLength(1);
    const [message = ''] = catcher.got;
    expect(message).toContain('From: Waybill <robot@operator.example>');
    expect(message).toContain('To: ada@merchants.example');
    expect(message).toContain('<p>Dear Ada</p>');
    const row = await stored('once');
    expect(row).toMatchObject({ status: 'sent', attempts: 1, last_error: null, text: example.text });
    expect(message).toContain(`Message-ID: <${row?.['id'] as string}@api.operator.example>`);
  });

  it('takes its files along, which are kept until then and not longer', async () => {
    const file = { name: 'statement.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.7 of May') };
    catcher.reply = 451;
    await post({ key: 'files', attachments: [file, { ...file, name: 'more.pdf' }] });
    await post({ key: 'files', attachments: [file] });
    await sender.settled();
    const kept = 'SELECT name FROM mail_attachment ORDER BY n';
    expect(await rows(test.db, kept)).toEqual([{ name: 'statement.pdf' }, { name: 'more.pdf' }]);
    catcher.reply = null;
    await again();
    const [message = ''] = catcher.got;
    expect(message).toContain('filename=statement.pdf');
    expect(message).toContain('filename=more.pdf');
    expect(message).toContain(file.bytes.toString('base64'));
    expect(await rows(test.db, kept)).toEqual([]);
  });

  it('is not sent when the change is rolled back', async () => {
    const failing = inTransaction(test.db, async (tx) => {
      await mail.post(tx, { ...example, key: 'rolled-back' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await again();
    expect(catcher.got).toEqual([]);
  });

  it('is tried again later when the server is busy, and given up when the address is refused', async () => {
    catcher.reply = 451;
    await post({ key: 'busy' });
    await sender.settled();
    expect(await stored('busy')).toMatchObject({ status: 'waiting', attempts: 1 });
    sender.wake();
    await sender.settled();
    expect(await stored('busy')).toMatchObject({ attempts: 1 });
    catcher.reply = null;
    await again();
    expect(await stored('busy')).toMatchObject({ status: 'sent', attempts: 2 });
    catcher.reply = 550;
    await post({ key: 'refused' });
    await sender.settled();
    expect(await stored('refused')).toMatchObject({ status: 'failed', attempts: 1 });
    expect(catcher.got).toHaveLength(1);
  });

  it('with a secret is kept encrypted, and erased once sent', async () => {
    catcher.reply = 451;
    const secretUntil = new Date(Date.now() + 60_000);
    await post({ key: 'secret', text: 'the token is SESAME', secretUntil });
    await sender.settled();
    const waiting = await stored('secret');
    expect(waiting).toMatchObject({ status: 'waiting', sealed: true });
    expect(JSON.stringify(waiting)).not.toContain('SESAME');
    expect(mail.bodies(waiting as never)).toEqual({ text: 'the token is SESAME', html: null });
    catcher.reply = null;
    await again();
    expect(catcher.got[0]).toContain('SESAME');
    expect(await stored('secret')).toMatchObject({ status: 'sent', text: '', html: null, sealed: false });
  });

  it('is not sent any more when its secret has run out', async () => {
    catcher.reply = 451;
    await post({ key: 'stale', secretUntil: new Date(Date.now() + 60_000) });
    await sender.settled();
    catcher.reply = null;
    await rows(test.db, `UPDATE mail SET secret_until = clock_timestamp() - interval '1 second' WHERE key = 'stale'`);
    await again();
    await sender.tick();
    expect(await stored('stale')).toMatchObject({ status: 'failed', text: '' });
    expect(catcher.got).toEqual([]);
  });

  it('is sent by one of several processes that look at once', async () => {
    const others = Array.from({ length: 4 }, () => {
      const own = new Config({ SMTP_URL: test.app.get(Config).smtpUrl ?? '' });
      return new MailSender(test.db.source, own, test.app.get(Clock), mail, test.app.get(Timers));
    });
    await inTransaction(test.db, async (tx) => {
      for (let i = 0; i < 20; i += 1) await mail.post(tx, { ...example, key: `many-${i}` });
      for (const other of others) other.wake(); // look now, see nothing yet
    });
    for (const other of others) other.wake();
    await Promise.all([...others, sender].map((each) => each.settled()));
    await again();
    expect(catcher.got).toHaveLength(20);
    expect(
      await rows(test.db, `SELECT 1 FROM mail WHERE key LIKE 'many-%' AND status = 'sent' AND attempts = 1`),
    ).toHaveLength(20);
  });

  it('of a process that died under way is taken over when its lease has run out', async () => {
    catcher.reply = 451;
    await post({ key: 'orphan' });
    await sender.settled();
    await rows(
      test.db,
      `UPDATE mail SET attempts = 1, next_at = clock_timestamp() + interval '60 seconds' WHERE key = 'orphan'`,
    );
    catcher.reply = null;
    sender.wake();
    await sender.settled();
    expect(catcher.got).toEqual([]);
    await again();
    expect(catcher.got).toHaveLength(1);
  });
});

it('keeps mails for staff where no SMTP is set', async () => {
  const alone = new MailService(test.db.source, new Config({}), test.app.get(Clock), test.app.get(Secrets));
  await inTransaction(test.db, (tx) => alone.post(tx, { ...example, key: 'kept' }));
  await again();
  expect(await stored('kept')).toMatchObject({ status: 'kept', attempts: 0 });
  expect(catcher.got).toEqual([]);
});
