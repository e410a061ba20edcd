import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsV4Signer } from 'aws4fetch';

const DRIP_MS = 50;

/** A bucket that keeps what is signed rightly, and can be told to fail. */
export class S3Server {
  readonly objects = new Map<string, { bytes: Buffer; type: string }>();
  /** Answers of the next calls; after them it works. */
  failures: number[] = [];
  /** It takes calls and begins to answer, byte by byte, without an end. */
  isDripping = false;
  calls = 0;
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  constructor(
    private readonly accessKeyId: string,
    private readonly secretAccessKey: string,
  ) {}

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.calls += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const failure = this.failures.shift();
    const status = failure ?? ((await this.isSigned(request, bytes)) ? this.act(request, bytes) : 403);
    const found = this.objects.get(request.url ?? '');
    response.writeHead(status);
    if (this.isDripping) {
      const dripping = setInterval(() => response.write('.'), DRIP_MS);
      response.once('close', () => {
        clearInterval(dripping);
      });
      return;
    }
    response.end(status === 200 && request.method === 'GET' ? found?.bytes : undefined);
  }

  private act({ method, url = '', headers }: http.IncomingMessage, bytes: Buffer): number {
    if (method === 'PUT') this.objects.set(url, { bytes, type: headers['content-type'] ?? '' });
    if (method === 'DELETE') return this.objects.delete(url) ? 204 : 404;
    return this.objects.has(url) ? 200 : 404;
  }

  /** Signed as AWS Signature Version 4 asks, over the hash of what came. */
  private async isSigned({ method = '', url = '', headers }: http.IncomingMessage, bytes: Buffer): Promise<boolean> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const claimed = headers['x-amz-content-sha256'];
    if (method === 'PUT' && claimed !== sha256) return false;
    const { accessKeyId, secretAccessKey } = this;
    const kept = { 'x-amz-content-sha256': String(claimed), 'x-amz-date': String(headers['x-amz-date']) };
    const signer = new AwsV4Signer({
      ...{ method, url: `http://${headers.host ?? ''}${url}`, headers: kept, accessKeyId, secretAccessKey },
      ...{ service: 's3', region: 'us-east-1', datetime: String(headers['x-amz-date']) },
    });
    return (await signer.sign()).headers.get('authorization') === headers.authorization;
  }
}
