import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import ipaddr from 'ipaddr.js';

export type Role = 'api' | 'worker' | 'all';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const ROLES: readonly Role[] = ['api', 'worker', 'all'];
const NDR_DEFAULTS = ['reattempt', 'hold_for_pickup', 'return_to_origin'] as const;
const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Every fault of the environment at once, so that nobody mends them one start at a time. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The settings do not hold together:\n${faults.map((f) => `  - ${f}`).join('\n')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings, read once from the environment; the only reader of process.env. Each is described in .env.example. */
export class Config {
  readonly port: number;
  /** Null: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly poolSize: number;
  /** A folder with PostgreSQL's programs, before those of npm. */
  readonly pgBinDir: string | null;
  readonly searchPath: string;
  readonly sandbox: boolean;
  /** Where a new sandbox's clock starts; null: the real time. */
  readonly sandboxStart: Date | null;
  readonly adminEmail: string | null;
  readonly adminPassword: string | null;
  readonly logLevel: LogLevel;
  readonly role: Role;
  readonly publicUrl: string;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Pepper of keys and cipher of kept secrets; null: one is made and kept in the database. */
  readonly secretKey: string | null;
  /** Who the operator is on invoices and statements. */
  readonly operatorName: string;
  /** Line by line. */
  readonly operatorAddress: readonly string[];
  readonly operatorTaxId: string | null;
  readonly rateLimitFactor: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed; null: nobody's. */
  readonly trustedProxies: string | null;
  /** Sandbox only: webhooks may go to http and https on loopback. */
  readonly webhookAllowLocal: boolean;
  /** All that one attempt at a webhook may take, in ms. */
  readonly webhookTimeoutMs: number;
  /** Promotional credit that a top-up earns, in percent of it, by its method. */
  readonly topUpBonus: Readonly<Record<'bank_transfer' | 'card' | 'paypal', string>>;
  readonly topUpBonusDays: number;
  /** A top-up that nobody confirms expires after so many days. */
  readonly topUpDays: number;
  /** Adjustments of more than so many whole units of any currency need a second person; null: none does. */
  readonly adjustmentLimit: number | null;
  /** Payouts of more than so many whole units of any currency are approved by two people; null: one is enough. */
  readonly payoutLimit: number | null;
  /** `settled`: only when every order is; `surplus`: what exceeds the value of unsettled orders too. */
  readonly payoutRule: 'settled' | 'surplus';
  /** Buyers' data go so many days after their order has ended, people's after their account was closed. */
  readonly eraseAfterDays: number;
  /** So long a merchant may answer a failed attempt; then the default counts. */
  readonly ndrWindowHours: number;
  readonly ndrDefaultAction: (typeof NDR_DEFAULTS)[number];
  /** The operator's mailbox for alarms; the first administrator's where none is named. */
  readonly alarmMail: string | null;
  /** Null: no cards and no PayPal. */
  readonly stripeSecretKey: string | null;
  /** Two while one is rotated. */
  readonly stripeWebhookSecrets: readonly string[];
  readonly stripeBaseUrl: string;
  readonly easypostBaseUrl: string;
  readonly easypostApiKey: string | null;
  /** Where evidence is kept: a folder, or S3-compatible storage. */
  readonly evidenceDir: string;
  readonly s3: S3Settings | null;
  /** Names this process in leases. */
  readonly instance = `${process.pid}-${randomBytes(4).toString('hex')}`;
  private readonly courierSecrets: ReadonlyMap<string, readonly string[]>;
  private readonly courierPolls: ReadonlyMap<string, CourierPoll>;

  /** @throws ConfigError with every fault */
  constructor(env: Environment) {
    const read = new Reader(env);
    this.port = read.int('PORT', 3000, 0, 65_535);
    this.databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
    this.dataDir = path.resolve(read.text('DATA_DIR') ?? './.data');
    this.poolSize = read.int('DATABASE_POOL', 10, 2, 200);
    this.pgBinDir = read.text('PG_BIN_DIR');
    this.searchPath = env['PATH'] ?? '';
    this.sandbox = read.flag('SANDBOX', false);
    this.sandboxStart = read.instant('SANDBOX_START');
    this.adminEmail = read.text('ADMIN_EMAIL');
    this.adminPassword = read.text('ADMIN_PASSWORD');
    this.logLevel = read.choice('LOG_LEVEL', LOG_LEVELS, 'info');
    this.role = read.choice('ROLE', ROLES, 'all');
    this.publicUrl = (read.url('PUBLIC_URL', ['http:', 'https:']) ?? `http://localhost:${this.port}`).replace(
      /\/$/,
      '',
    );
    this.smtpUrl = read.url('SMTP_URL', ['smtp:', 'smtps:']);
    this.mailFrom = read.text('MAIL_FROM') ?? 'Waybill <no-reply@localhost>';
    this.secretKey = read.text('SECRET_KEY');
    this.operatorName = read.text('OPERATOR_NAME') ?? 'Waybill';
    this.operatorAddress = (read.text('OPERATOR_ADDRESS') ?? '')
      .split('|')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    this.operatorTaxId = read.text('OPERATOR_TAX_ID');
    this.trustedProxies = read.networks('TRUSTED_PROXIES');
    this.rateLimitFactor = read.int('RATE_LIMIT_FACTOR', 1, 1, 1_000_000);
    this.topUpBonus = {
      bank_transfer: read.percent('TOP_UP_BONUS_PERCENT', '0'),
      card: read.percent('TOP_UP_BONUS_PERCENT_CARD', '0'),
      paypal: read.percent('TOP_UP_BONUS_PERCENT_PAYPAL', '0'),
    };
    this.topUpBonusDays = read.int('TOP_UP_BONUS_DAYS', 90, 1, 3_650);
    this.topUpDays = read.int('TOP_UP_DAYS', 60, 1, 3_650);
    this.adjustmentLimit = read.limit('ADJUSTMENT_LIMIT');
    this.payoutLimit = read.limit('PAYOUT_LIMIT');
    this.payoutRule = read.choice('PAYOUT_RULE', ['settled', 'surplus'], 'settled');
    this.eraseAfterDays = read.int('ERASE_AFTER_DAYS', 180, 1, 3_650);
    this.ndrWindowHours = read.int('NDR_WINDOW_HOURS', 24, 1, 720);
    this.ndrDefaultAction = read.choice('NDR_DEFAULT_ACTION', NDR_DEFAULTS, 'reattempt');
    this.alarmMail = read.text('ALARM_MAIL') ?? this.adminEmail;
    this.stripeSecretKey = read.text('STRIPE_SECRET_KEY');
    this.stripeWebhookSecrets = read.list('STRIPE_WEBHOOK_SECRET');
    this.stripeBaseUrl = read.url('STRIPE_BASE_URL', ['http:', 'https:']) ?? 'https://api.stripe.com';
    this.easypostBaseUrl = read.url('EASYPOST_BASE_URL', ['http:', 'https:']) ?? 'https://api.easypost.com';
    this.easypostApiKey = read.text('EASYPOST_API_KEY');
    this.evidenceDir = path.resolve(read.text('EVIDENCE_DIR') ?? path.join(this.dataDir, 'evidence'));
    const bucket = {
      region: read.text('S3_REGION') ?? 'us-east-1',
      endpoint: read.url('S3_ENDPOINT', ['http:', 'https:']),
      bucket: read.text('S3_BUCKET'),
      accessKeyId: read.text('S3_ACCESS_KEY_ID'),
      secretAccessKey: read.text('S3_SECRET_ACCESS_KEY'),
    };
    this.s3 = read.choice('EVIDENCE_STORE', ['disk', 's3'], 'disk') === 's3' ? read.whole(bucket) : null;
    this.courierSecrets = read.courierSecrets();
    this.courierPolls = read.courierPolls();
    this.webhookAllowLocal = read.flag('WEBHOOK_ALLOW_LOCAL', false);
    this.webhookTimeoutMs = read.int('WEBHOOK_TIMEOUT_SECONDS', 15, 1, 60) * 1000;
    if (this.webhookAllowLocal && !this.sandbox) read.fault('WEBHOOK_ALLOW_LOCAL is for the sandbox alone.');
    if (this.adminPassword !== null && this.adminPassword.length < 12)
      read.fault('ADMIN_PASSWORD has fewer than 12 characters.');
    if (this.adminPassword !== null && this.adminEmail === null)
      read.fault('ADMIN_PASSWORD is set, ADMIN_EMAIL is not.');
    if (this.secretKey !== null && this.secretKey.length < 32) read.fault('SECRET_KEY has fewer than 32 characters.');
    read.done();
  }

  /** A source's secrets, two at a time for rotation (`COURIER_UPS_SECRET=new,old`); empty: the source is off outside the sandbox. */
  courierSecret(source: string): readonly string[] {
    return this.courierSecrets.get(source) ?? [];
  }

  /** How a source is asked; null: it is not. */
  courierPoll(source: string): CourierPoll | null {
    return this.courierPolls.get(source) ?? null;
  }
}

/** A bucket of S3-compatible storage. */
export interface S3Settings {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** How a courier's tracking interface is asked. */
export interface CourierPoll {
  /** An API key, or `id:secret`. */
  key: string;
  /** Null: the courier's own. */
  baseUrl: string | null;
}

class Reader {
  private readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  fault(text: string): void {
    this.faults.push(text);
  }

  done(): void {
    if (this.faults.length > 0) throw new ConfigError(this.faults);
  }

  text(name: string): string | null {
    const value = this.env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  int(name: string, otherwise: number, min: number, max: number): number {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = /^\d+$/.test(text) ? Number.parseInt(text, 10) : NaN;
    if (!(value >= min && value <= max))
      this.fault(`${name} is "${text}"; it must be a whole number from ${min} to ${max}.`);
    return value;
  }

  /** Texts with commas between them. */
  list(name: string): string[] {
    const texts = (this.text(name) ?? '').split(',').map((part) => part.trim());
    return texts.filter((part) => part !== '');
  }

  /** So many whole units of any currency; empty: no limit. */
  limit(name: string): number | null {
    return this.text(name) === null ? null : this.int(name, 0, 0, 1_000_000_000);
  }

  networks(name: string): string | null {
    const text = this.text(name);
    const sound = (part: string): boolean => (part.includes('/') ? ipaddr.isValidCIDR(part) : ipaddr.isValid(part));
    if (text !== null && !text.split(',').every((part) => sound(part.trim())))
      this.fault(
        `${name} is "${text}"; it must be addresses or networks with commas between them, such as 10.0.0.0/8.`,
      );
    return text;
  }

  percent(name: string, otherwise: string): string {
    const text = this.text(name) ?? otherwise;
    if (!/^(100|\d{1,2}(\.\d{1,4})?)$/.test(text))
      this.fault(`${name} is "${text}"; it must be a percentage from 0 to 100 such as 12.5.`);
    return text;
  }

  flag(name: string, otherwise: boolean): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return otherwise;
    if (!['true', 'false', '1', '0'].includes(text)) this.fault(`${name} is "${text}"; it must be true or false.`);
    return text === 'true' || text === '1';
  }

  instant(name: string): Date | null {
    const text = this.text(name);
    if (text === null) return null;
    const at = new Date(text);
    if (Number.isNaN(at.getTime()))
      this.fault(`${name} is "${text}"; it must be an instant such as 2026-05-01T10:00:00Z.`);
    return at;
  }

  choice<T extends string>(name: string, choices: readonly T[], otherwise: T): T {
    const text = this.text(name);
    if (text === null) return otherwise;
    const found = choices.find((c) => c === text);
    if (found === undefined) this.fault(`${name} is "${text}"; it must be one of ${choices.join(', ')}.`);
    return found ?? otherwise;
  }

  url(name: string, protocols: readonly string[]): string | null {
    const text = this.text(name);
    if (text === null) return null;
    const protocol = URL.canParse(text) ? new URL(text).protocol : '';
    if (!protocols.includes(protocol))
      this.fault(`${name} is not a URL that begins with ${protocols.join('// or ')}//.`);
    return text;
  }

  /** A bucket is named whole or not at all; the endpoint is Amazon's for the region where none is named. */
  whole(said: { [Name in keyof S3Settings]: string | null } & { region: string }): S3Settings | null {
    const { region, bucket, accessKeyId, secretAccessKey } = said;
    if (bucket === null || accessKeyId === null || secretAccessKey === null) {
      this.fault('EVIDENCE_STORE is s3, which needs S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.');
      return null;
    }
    const endpoint = (said.endpoint ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, '');
    return { endpoint, region, bucket, accessKeyId, secretAccessKey };
  }

  courierPolls(): Map<string, CourierPoll> {
    const polls = new Map<string, CourierPoll>();
    for (const name of Object.keys(this.env)) {
      const source = /^COURIER_([A-Z0-9_]+)_POLL_KEY$/.exec(name)?.[1];
      const key = source === undefined ? null : this.text(name);
      if (source === undefined || key === null) continue;
      const baseUrl = this.url(`COURIER_${source}_POLL_URL`, ['http:', 'https:']);
      polls.set(source.toLowerCase(), { key, baseUrl });
    }
    return polls;
  }

  courierSecrets(): Map<string, string[]> {
    const secrets = new Map<string, string[]>();
    for (const [name, value = ''] of Object.entries(this.env)) {
      const source = /^COURIER_([A-Z0-9_]+)_SECRET$/.exec(name)?.[1]?.toLowerCase();
      if (source === undefined) continue;
      const list = value
        .split(',')
        .map((s) => s.trim())
        .filter((s) => s !== '');
      if (list.length > 0) secrets.set(source, list);
      if (list.length > 2) this.fault(`${name} holds ${list.length} secrets; two at the most, the new one first.`);
    }
    return secrets;
  }
}

const ENV_FILE = '.env';

/**
 * The settings of this process: its environment, and what it leaves open from `.env` in the working folder.
 * @throws ConfigError with every fault
 */
export function readConfig(): Config {
  if (existsSync(ENV_FILE)) process.loadEnvFile(ENV_FILE);
  return new Config(process.env);
}
