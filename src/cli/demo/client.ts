import { randomUUID } from 'node:crypto';

/** What the service refused, as the story shows it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: { code?: string; detail?: string },
    call: string,
  ) {
    super(`${call}: ${status} ${problem.code ?? ''} ${problem.detail ?? ''}`);
  }
}

export interface Reply<T> {
  status: number;
  body: T;
  replayed: boolean;
}

interface Sending {
  body?: unknown;
  key?: string;
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

/** Speaks to the running service as any developer would: HTTP, JSON, a key. */
export class Client {
  constructor(
    private readonly base: string,
    private readonly token: string | null = null,
  ) {}

  /** The same service under another credential. */
  as(token: string): Client {
    return new Client(this.base, token);
  }

  async get<T>(path: string): Promise<T> {
    return (await this.send<T>('GET', path)).body;
  }

  /** Every row of a list, page by page. @param path with its `?`, ready for more parameters */
  async all<T>(path: string): Promise<T[]> {
    const found: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { data: T[]; next_cursor: string | null } = await this.get(
        `${path}limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      found.push(...page.data);
      cursor = page.next_cursor;
    }
    return found;
  }

  /** A new idempotency key for each intent. */
  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return (await this.send<T>('POST', path, { body, key: randomUUID() })).body;
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    return (await this.send<T>('PUT', path, { body })).body;
  }

  async text(path: string, accept: string): Promise<string> {
    const answer = await fetch(this.base + path, { headers: { ...this.credentials(), Accept: accept } });
    return answer.text();
  }

  /** A courier's own payload, as it came. */
  async raw<T>(path: string, payload: string, type: string): Promise<T> {
    return (await this.send<T>('POST', path, { body: payload, type })).body;
  }

  /** @throws Refused any answer of 400 and more */
  async send<T>(method: string, path: string, { body, key, type, headers }: Sending = {}): Promise<Reply<T>> {
    const answer = await fetch(this.base + path, {
      method,
      headers: {
        ...this.credentials(),
        ...(body === undefined ? {} : { 'Content-Type': type ?? 'application/json' }),
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    if (answer.status >= 400) throw new Refused(answer.status, parsed as Refused['problem'], `${method} ${path}`);
    return { status: answer.status, body: parsed as T, replayed: answer.headers.get('idempotent-replayed') === 'true' };
  }

  private credentials(): Record<string, string> {
    return this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
  }
}
