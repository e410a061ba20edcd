import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config, ConfigError } from '../config.ts';
import { asHouse } from '../database/scope.ts';
import { one, rows } from '../database/sql.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Pepper and cipher of the house. Derived from SECRET_KEY; without it from a key that the first start leaves in the
 * database, so that several processes share it (reliability.md, Security settings).
 */
@Injectable()
export class Secrets implements OnModuleInit {
  private root: Buffer = Buffer.alloc(0);
  /** By purpose, of which there are a few: every request needs one. */
  private readonly derived = new Map<string, KeyObject>();

  constructor(
    private readonly db: DataSource,
    private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    this.root = this.config.secretKey === null ? await this.kept() : Buffer.from(this.config.secretKey, 'utf8');
    this.derived.clear(); // whoever asked before the start had no root
    await this.recognise();
  }

  /** HMAC-SHA256 of a text with the pepper of a purpose: how keys and tokens are stored. 32 bytes. */
  hmac(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.derive(`hmac:${purpose}`))
      .update(text)
      .digest();
  }

  /** AES-256-GCM, bound to its place: the text opens only with the same context. Base64. */
  seal(text: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.derive('seal'), iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
  }

  /** @throws Error the text was sealed for another place, or altered */
  open(sealed: string, context: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.derive('seal'), bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  private derive(purpose: string): KeyObject {
    const known = this.derived.get(purpose);
    if (known !== undefined) return known;
    const key = createSecretKey(Buffer.from(hkdfSync('sha256', this.root, 'waybill', purpose, 32)));
    this.derived.set(purpose, key);
    return key;
  }

  /**
   * Another root than the one this database was begun with would know no key, no session and no kept secret: better no
   * start. The mark tells nothing of the root.
   * @throws ConfigError
   */
  private async recognise(): Promise<void> {
    const mark = this.hmac('root mark', 'waybill');
    if (timingSafeEqual(await this.keep('root_mark', mark), mark)) return;
    throw new ConfigError([
      'SECRET_KEY is not the one that this database was begun with (none was one of its own); see Backup and restore.',
    ]);
  }

  private kept(): Promise<Buffer> {
    return this.keep('root', randomBytes(32));
  }

  /** What stands under the name, from now on or since the first start of all. */
  private async keep(name: string, value: Buffer): Promise<Buffer> {
    await rows(asHouse(this.db), `INSERT INTO house_secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      ...[name, value],
    ]);
    const row = await one<{ value: Buffer }>(asHouse(this.db), `SELECT value FROM house_secret WHERE name = $1`, [
      name,
    ]);
    if (row === null) throw new Error('The house secret could not be kept.');
    return row.value;
  }
}
