import { AwsClient } from 'aws4fetch';
import type { S3Settings } from '../../../config.ts';
import { FilesUnavailable } from '../claims.errors.ts';
import { Files, sha256Of } from './files.ts';

/** Of one try, milliseconds. */
const TIMEOUT_MS = 10_000;
const RETRIES = 2;

/** In a bucket of S3-compatible storage, addressed by path. */
export class S3Files extends Files {
  private readonly client: AwsClient;

  constructor(private readonly settings: S3Settings) {
    super();
    const { region, accessKeyId, secretAccessKey } = settings;
    this.client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: RETRIES });
  }

  async put(key: string, bytes: Buffer, mediaType: string): Promise<void> {
    const sha256 = sha256Of(bytes);
    const headers = { 'Content-Type': mediaType, 'X-Amz-Content-Sha256': sha256 };
    const answer = await this.call(key, { method: 'PUT', headers, body: new Uint8Array(bytes) });
    if (!answer.ok) throw new FilesUnavailable(`The storage answered ${answer.status}.`);
  }

  async get(key: string): Promise<Buffer | null> {
    const answer = await this.call(key, { method: 'GET' });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new FilesUnavailable(`The storage answered ${answer.status}.`);
    return Buffer.from(await answer.arrayBuffer());
  }

  async remove(key: string): Promise<void> {
    const answer = await this.call(key, { method: 'DELETE' });
    if (!answer.ok && answer.status !== 404) throw new FilesUnavailable(`The storage answered ${answer.status}.`);
  }

  private async call(key: string, request: RequestInit): Promise<Response> {
    const { endpoint, bucket } = this.settings;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      return await this.client.fetch(`${endpoint}/${encodeURIComponent(bucket)}/${key}`, { ...request, signal });
    } catch (error) {
      throw new FilesUnavailable(`The storage did not answer: ${error instanceof Error ? error.message : 'unknown'}.`);
    }
  }
}
