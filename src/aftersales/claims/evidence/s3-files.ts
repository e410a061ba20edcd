import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type * as Undici from 'undici';
import type { S3Settings } from '../../../config.ts';
import { later } from '../../../kernel/later.ts';
import { FilesUnavailable } from '../claims.errors.ts';
import { Files, sha256Of } from './files.ts';

const undici = later((from) => from('undici') as typeof Undici);

/** Of one try, from connecting to the answer's last byte, milliseconds. */
const TIMEOUT_MS = 10_000;
const RETRIES = 2;
/** Before the first further try, milliseconds; doubled before the next, with full jitter. */
const PAUSE_MS = 50;

interface Asked {
  method: 'PUT' | 'GET' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: Buffer;
}

interface Answered {
  status: number;
  bytes: Buffer;
}

/** In a bucket of S3-compatible storage, addressed by path. */
export class S3Files extends Files {
  /** @param timeoutMs of one try */
  constructor(
    private readonly settings: S3Settings,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    super();
  }

  async put(key: string, bytes: Buffer, mediaType: string): Promise<void> {
    const headers = { 'Content-Type': mediaType, 'X-Amz-Content-Sha256': sha256Of(bytes) };
    const { status } = await this.call(key, { method: 'PUT', headers, body: bytes });
    if (!isWell(status)) throw new FilesUnavailable(`The storage answered ${status}.`);
  }

  async get(key: string): Promise<Buffer | null> {
    const { status, bytes } = await this.call(key, { method: 'GET' });
    if (status === 404) return null;
    if (!isWell(status)) throw new FilesUnavailable(`The storage answered ${status}.`);
    return bytes;
  }

  async remove(key: string): Promise<void> {
    const { status } = await this.call(key, { method: 'DELETE' });
    if (!isWell(status) && status !== 404) throw new FilesUnavailable(`The storage answered ${status}.`);
  }

  /** What the storage failed at is tried again; what it did not answer is not. */
  private async call(key: string, asked: Asked): Promise<Answered> {
    for (let tries = 0; ; tries += 1) {
      const answered = await this.try(key, asked);
      if (tries === RETRIES || (answered.status < 500 && answered.status !== 429)) return answered;
      await sleep(Math.random() * PAUSE_MS * 2 ** tries);
    }
  }

  /** Not by fetch: a signal that it is given may be collected, and a storage that hangs would be waited for for ever. */
  private async try(key: string, { method, headers = {}, body }: Asked): Promise<Answered> {
    try {
      const { endpoint, bucket, region, accessKeyId, secretAccessKey } = this.settings;
      const url = `${endpoint}/${encodeURIComponent(bucket)}/${key}`;
      const signer = new AwsV4Signer({ method, url, headers, accessKeyId, secretAccessKey, region, service: 's3' });
      const signed = await signer.sign();
      const answer = await undici().request(signed.url, {
        method,
        headers: Object.fromEntries(signed.headers),
        body: body ?? null,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return { status: answer.statusCode, bytes: Buffer.from(await answer.body.arrayBuffer()) };
    } catch (error) {
      throw new FilesUnavailable(`The storage did not answer: ${error instanceof Error ? error.message : 'unknown'}.`);
    }
  }
}

const isWell = (status: number): boolean => status >= 200 && status < 300;
