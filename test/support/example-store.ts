import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type * as Client from '../../src/sdk/client.ts';
import type { WaybillEvent, WaybillOptions } from '../../src/sdk/client.ts';

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

interface Order {
  status: string;
  packages: { id: string }[];
}

interface Shop {
  GET<T>(path: string, init?: object): Answer<T>;
  POST<T>(path: string, init?: object): Answer<T>;
}

/** The packed SDK, as a store installs it. */
export type Sdk = typeof Client & { connect(options: WaybillOptions): Shop };

/** An ordinary store: an HTTP server of its own that knows nothing of Waybill but the SDK. */
export class ExampleStore {
  /** What it knows of its orders, by their reference. */
  readonly statuses = new Map<string, string>();
  /** Events that it has dealt with, each once. */
  readonly seen: WaybillEvent[] = [];
  /** Where it has come to in the feed; kept over a crash. */
  cursor: string | undefined;
  readonly waybill: Shop;
  private secret = '';
  private server: Server | null = null;

  constructor(
    private readonly sdk: Sdk,
    options: WaybillOptions,
  ) {
    this.waybill = sdk.connect(options);
  }

  /** Opens for business and asks to be told of everything. */
  async open(): Promise<void> {
    const url = await this.listen();
    const endpoint = await this.sdk.ok(
      this.waybill.POST<{ secret: string }>('/v1/webhook-endpoints', { body: { url, events: ['*'] } }),
    );
    this.secret = endpoint.secret;
  }

  async listen(port = 0): Promise<string> {
    const server = createServer((request, response) => void this.hear(request, response));
    this.server = server;
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  }

  /** It is down: webhooks are lost on it. */
  async crash(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done));
    this.server = null;
  }

  /** A buyer has paid. */
  async sell(reference: string, items: readonly { sku: string; quantity: number }[], shipTo: object): Promise<Order> {
    const body = { reference, currency: 'USD', ship_to: shipTo, items };
    const order = await this.sdk.ok(this.waybill.POST<Order>('/v1/orders', { body }));
    this.statuses.set(reference, order.status);
    return order;
  }

  /** Reads what it has missed, up to now. */
  async catchUp(): Promise<void> {
    const last = await this.sdk.ok(
      this.waybill.GET<{ data: object[] }>('/v1/events', { params: { query: { after: this.cursor, limit: 1 } } }),
    );
    if (last.data.length === 0) return;
    const stop = new AbortController();
    const feed = this.sdk.events(this.waybill, {
      ...{ after: this.cursor, waitSeconds: 1, signal: stop.signal },
      remember: (cursor) => {
        this.cursor = cursor;
      },
    });
    const quiet = setTimeout(() => {
      stop.abort();
    }, 1_500);
    for await (const event of feed) {
      this.take(event);
      quiet.refresh();
    }
  }

  private async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      this.take(this.sdk.verifyWebhook(this.secret, request.headers, Buffer.concat(chunks)));
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  }

  private take(event: WaybillEvent): void {
    if (this.seen.some(({ id }) => id === event.id)) return; // a webhook, the feed, or a webhook again
    this.seen.push(event);
    const { reference, status } = event.data as { reference?: string; status?: string };
    if (event.type.startsWith('order.') && reference !== undefined && status !== undefined) {
      this.statuses.set(reference, status);
    }
  }
}
