import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What is wrong with a receiver of webhooks. */
export const ILLS = [
  'refuses',
  'hangs',
  'resets',
  'drips',
  'redirects',
  'answers 500',
  'answers 429',
  'answers 404',
] as const;
export type Ill = (typeof ILLS)[number];

const DRIP_MS = 100;
const ANSWERS: Readonly<Partial<Record<Ill, readonly [number, Readonly<Record<string, string>>]>>> = {
  redirects: [302, { location: 'http://127.0.0.1:1/elsewhere' }],
  'answers 500': [500, {}],
  'answers 429': [429, { 'retry-after': '3600' }],
  'answers 404': [404, {}],
};

/** Receivers of many merchants on the loopback: each healthy or ill, until all are healed. */
export class Receivers {
  /** Bodies that were acknowledged, as they came, by receiver. */
  readonly taken = new Map<string, string[]>();
  calls = 0;
  private readonly ills = new Map<string, Ill>();
  private readonly open = createServer((request, response) => void this.serve(request, response));
  private closed: Server = createServer((request, response) => void this.serve(request, response));
  private ports = { open: 0, closed: 0 };

  async start(): Promise<void> {
    this.ports = { open: await listen(this.open, 0), closed: await listen(this.closed, 0) };
    await new Promise((done) => this.closed.close(done)); // its port refuses from now on
  }

  /** @returns the address of a new receiver @param ill null: a healthy one */
  add(name: string, ill: Ill | null): string {
    this.taken.set(name, []);
    if (ill !== null) this.ills.set(name, ill);
    return `http://127.0.0.1:${ill === 'refuses' ? this.ports.closed : this.ports.open}/${name}`;
  }

  async healAll(): Promise<void> {
    this.ills.clear();
    this.closed = createServer((request, response) => void this.serve(request, response));
    await listen(this.closed, this.ports.closed);
  }

  async stop(): Promise<void> {
    for (const server of [this.open, this.closed]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    let body = '';
    try {
      for await (const chunk of request) body += String(chunk);
    } catch {
      return; // the sender died in the middle of its sentence: it says it again
    }
    const name = (request.url ?? '/').slice(1);
    const ill = this.ills.get(name);
    const [status, headers] = (ill === undefined ? undefined : ANSWERS[ill]) ?? [204, {}];
    if (ill === 'hangs') return;
    if (ill === 'resets') request.socket.destroy();
    else if (ill === 'drips') drip(response);
    else {
      if (ill === undefined) this.taken.get(name)?.push(body);
      response.writeHead(status, headers).end();
    }
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** A byte of the head now and then, for as long as anybody listens. */
function drip({ socket }: ServerResponse): void {
  const timer = setInterval(() => socket?.write('H'), DRIP_MS);
  socket?.once('close', () => {
    clearInterval(timer);
  });
}
