import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CourierCall {
  /** `GET /track/shipments?…` */
  line: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type CourierAnswer =
  { status: number; body?: string | Buffer; headers?: Readonly<Record<string, string>> } | 'cut';

/** A local server in the place of couriers' interfaces: answers as it is told and remembers what it was asked. */
export class CourierServer {
  readonly calls: CourierCall[] = [];
  answer: (call: CourierCall) => CourierAnswer = () => ({ status: 404 });
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

  /** Lines of the calls that begin so. */
  lines(start = ''): string[] {
    return this.calls.map(({ line }) => line).filter((line) => line.startsWith(start));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const call = { line: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body };
    this.calls.push(call);
    const answer = this.answer(call);
    if (answer === 'cut') request.socket.destroy();
    else response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '{}');
  }
}
