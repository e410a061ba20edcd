import { Decimal } from 'decimal.js';
import ipaddr from 'ipaddr.js';

export const DATABASES: readonly string[] = ['postgres:', 'postgresql:'];
/** One mailbox, as people sign in with it. */
const MAILBOX = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,189}$/;
/** Without an offset it would depend on the machine's own zone. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/i;

/** `10.1` is an address to some, and means another one than it seems. */
function isNetwork(text: string): boolean {
  const [address = ''] = text.split('/');
  if (!address.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(address)) return false;
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}

/** Every fault of the environment at once, so that nobody mends them one start at a time. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The settings do not hold together:\n${faults.map((f) => `  - ${f}`).join('\n')}`);
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

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

/** Reads settings one by one and keeps what is wrong with them for the end. */
export class Reader {
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

  /** More than nothing, with decimals or without. */
  factor(name: string, otherwise: number, max: number): number {
    const text = this.text(name);
    if (text === null) return otherwise;
    const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? new Decimal(text).toNumber() : NaN;
    if (!(value > 0 && value <= max))
      this.fault(`${name} is "${text}"; it must be a number above 0 such as 0.5, and at most ${max}.`);
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
    if (text !== null && !text.split(',').every((part) => isNetwork(part.trim())))
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
    const at = new Date(INSTANT.test(text) ? text : NaN);
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
    else if (new URL(text).host === '' && !DATABASES.includes(protocol)) this.fault(`${name} names no host.`);
    return text;
  }

  /** What paths are appended to. */
  base(name: string): string | null {
    const text = this.url(name, ['http:', 'https:']);
    if (text !== null && /[?#]/.test(text)) this.fault(`${name} is a URL with a query or a fragment; paths follow it.`);
    return text?.replace(/\/+$/, '') ?? null;
  }

  /** A secret: blanks are part of it. */
  asIs(name: string): string | null {
    return this.text(name) === null ? null : (this.env[name] ?? null);
  }

  mailbox(name: string): string | null {
    const text = this.text(name);
    if (text !== null && !MAILBOX.test(text))
      this.fault(`${name} is "${text}"; it must be an e-mail address such as ops@example.com.`);
    return text;
  }

  /** A mailbox, or a name with one: `Waybill <no-reply@example.com>`. */
  sender(name: string): string | null {
    const text = this.text(name);
    if (text !== null && !MAILBOX.test(/^[^<>]*<([^<>]*)>$/.exec(text)?.[1] ?? text))
      this.fault(`${name} is "${text}"; it must be an e-mail address, or such as Waybill <no-reply@example.com>.`);
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
