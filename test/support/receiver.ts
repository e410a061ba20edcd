import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it came. */
export interface Got {
  id: string;
  type: string;
  sequence: number;
  data: Record<string, unknown>;
  body: string;
  headers: IncomingMessage['headers'];
}

/** What a receiver does with one call: answers, keeps silent, cuts the connection, or answers byte by byte. */
export type Reaction =
  { status: number; headers?: Readonly<Record<string, string>>; body?: string } | 'hang' | 'reset' | 'drip';

export const OK: Reaction = { status: 204 };

/** A merchant's receiver of webhooks on the loopback: it reacts as told, and keeps what it acknowledged. */
export class Receiver {
  /** Every call, acknowledged or not. */
  readonly calls: Got[] = [];
  readonly taken: Got[] = [];
  react: (got: Got, nth: number) => Reaction = () => OK;
  private server: Server = this.make();
  private port = 0;

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(this.port, '127.0.0.1', done));
    this.port = (this.server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}/hooks`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
    this.server = this.make();
  }

  /** The types that it acknowledged, in order. */
  types(): string[] {
    return this.taken.map(({ type }) => type);
  }

  private make(): Server {
    return createServer((request, response) => void this.serve(request, response));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const got: Got = { ...(JSON.parse(body) as Omit<Got, 'body' | 'headers'>), body, headers: request.headers };
    this.calls.push(got);
    const reaction = this.react(got, this.calls.length);
    if (reaction === 'hang') return;
    if (reaction === 'reset') {
      request.socket.destroy();
      return;
    }
    if (reaction === 'drip') {
      drip(response);
      return;
    }
    if (reaction.status >= 200 && reaction.status < 300) this.taken.push(got);
    response.writeHead(reaction.status, reaction.headers).end(reaction.body);
  }
}

/** A byte of the head every 100 ms, for ever. */
function drip(response: ServerResponse): void {
  const { socket } = response;
  const timer = setInterval(() => socket?.write('H'), 100);
  socket?.once('close', () => {
    clearInterval(timer);
  });
}

/** Waits until something holds. @throws Error with what was seen last */
export async function until<T>(look: () => T | Promise<T>, holds: (seen: T) => boolean, limitMs = 45_000): Promise<T> {
  const began = performance.now();
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() - began > limitMs) throw new Error(`It never came: ${JSON.stringify(seen).slice(0, 2_000)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
