import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DATABASES, Reader, type CourierPoll, type Environment, type S3Settings } from './environment.ts';

export { ConfigError, type S3Settings } from './environment.ts';

export type Role = 'api' | 'worker' | 'all';
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

const ROLES: readonly Role[] = ['api', 'worker', 'all'];
const NDR_DEFAULTS = ['reattempt', 'hold_for_pickup', 'return_to_origin'] as const;
const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

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
    this.databaseUrl = read.url('DATABASE_URL', DATABASES);
    this.dataDir = path.resolve(read.text('DATA_DIR') ?? './.data');
    this.poolSize = read.int('DATABASE_POOL', 10, 2, 200);
    this.pgBinDir = read.text('PG_BIN_DIR');
    this.searchPath = env['PATH'] ?? '';
    this.sandbox = read.flag('SANDBOX', false);
    this.sandboxStart = read.instant('SANDBOX_START');
    this.adminEmail = read.mailbox('ADMIN_EMAIL');
    this.adminPassword = read.asIs('ADMIN_PASSWORD');
    this.logLevel = read.choice('LOG_LEVEL', LOG_LEVELS, 'info');
    this.role = read.choice('ROLE', ROLES, 'all');
    this.publicUrl = read.base('PUBLIC_URL') ?? `http://localhost:${this.port}`;
    this.smtpUrl = read.url('SMTP_URL', ['smtp:', 'smtps:']);
    this.mailFrom = read.sender('MAIL_FROM') ?? 'Waybill <no-reply@localhost>';
    this.secretKey = read.text('SECRET_KEY');
    this.operatorName = read.text('OPERATOR_NAME') ?? 'Waybill';
    this.operatorAddress = (read.text('OPERATOR_ADDRESS') ?? '')
      .split('|')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    this.operatorTaxId = read.text('OPERATOR_TAX_ID');
    this.trustedProxies = read.networks('TRUSTED_PROXIES');
    this.rateLimitFactor = read.factor('RATE_LIMIT_FACTOR', 1, 1_000_000);
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
    this.alarmMail = read.mailbox('ALARM_MAIL') ?? this.adminEmail;
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
    if (this.adminPassword !== null && this.adminPassword.length > 200)
      read.fault('ADMIN_PASSWORD has more than 200 characters.');
    if (this.adminPassword !== null && this.adminEmail === null)
      read.fault('ADMIN_PASSWORD is set, ADMIN_EMAIL is not.');
    if (this.secretKey !== null && this.secretKey.length < 32) read.fault('SECRET_KEY has fewer than 32 characters.');
    read.done();
  }

  /** A limit of so many calls a minute as it is scaled; one call is always allowed. */
  callsAMinute(limit: number): number {
    return Math.max(1, Math.round(limit * this.rateLimitFactor));
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

const ENV_FILE = '.env';

/**
 * The settings of this process: its environment, and what it leaves open from `.env` in the working folder.
 * @throws ConfigError with every fault
 */
export function readConfig(): Config {
  if (existsSync(ENV_FILE)) process.loadEnvFile(ENV_FILE);
  return new Config(process.env);
}
