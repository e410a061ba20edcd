import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One of EasyPost's published answers, see test/data/easypost/README.md. */
export function published(name: string): string {
  return readFileSync(new URL(`../data/easypost/${name}.json`, import.meta.url), 'utf8');
}

export interface SeenCall {
  line: string;
  authorization: string | undefined;
  body: unknown;
}

/** What the server does with one call: answers, keeps silent, or cuts the connection. */
export type ServerAnswer = { status: number; body: string } | 'hang' | 'reset';

/** A local server that answers as it is told, call by call, and remembers what it was asked. */
export class EasyPostServer {
  readonly seen: SeenCall[] = [];
  /** Used up first to last; then `otherwise` answers. */
  answers: ServerAnswer[] = [];
  otherwise: (call: SeenCall) => ServerAnswer = () => ({ status: 500, body: '{}' });
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  lines(): string[] {
    return this.seen.map(({ line }) => line);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body: unknown = text === '' ? null : JSON.parse(text);
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    const call = { line, authorization: request.headers.authorization, body };
    this.seen.push(call);
    const answer = this.answers.shift() ?? this.otherwise(call);
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }
}
