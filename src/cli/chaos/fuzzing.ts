import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DocumentedErrors, type Described, type Heard } from './documented.ts';
import { Fuzzer, type Document, type OperationObject } from './fuzzer.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One request of one caller, whoever it is. @param body null: there is none */
export type Speak = (
  method: Method,
  address: string,
  body: string | null,
  headers: Readonly<Record<string, string>>,
) => Promise<Heard>;

/** An answer that is not as it should be, and what was asked. */
export interface FuzzFault {
  n: number;
  fault: string;
  line: string;
  body: string | null;
  said: string;
}

interface Operation {
  method: Method;
  path: string;
  about: OperationObject;
}

interface Sent {
  line: string;
  body: string | null;
  heard: Heard;
}

/** They would end the very credentials that the others are sent with, or take years of the clock. */
const LEFT_OUT = new Set([
  ...['post /v1/merchant/close', 'delete /v1/sessions/current', 'delete /v1/api-keys/{id}'],
  ...['post /v1/api-keys/{id}/rotate', 'post /v1/merchants/{id}/suspend', 'post /v1/sandbox/clock'],
]);

const PREFIXES: Readonly<Record<string, string>> = {
  ...{ orders: 'ord', packages: 'pkg', merchants: 'mer', quotes: 'quo', 'top-ups': 'top', payouts: 'pay' },
  ...{ journals: 'jnl', claims: 'clm', returns: 'ret', events: 'evt', 'webhook-endpoints': 'whe' },
  ...{ 'webhook-deliveries': 'whd', mails: 'mal', manifests: 'mfs', imports: 'imp', stores: 'sto' },
  ...{ 'store-orders': 'sor', invoices: 'inv', messages: 'trm', evidence: 'evd' },
};

const CODES = [
  ...['LAMP', 'EWR', 'ups', 'starter', 'courier-proof', '1', 'nobody', 'easypost', '1Z999AA10123456784', '%F0%9F'],
];
/** Of each kind of id so many are known at a time. */
const KNOWN = 50;
const SHOWN = 500;

/**
 * Requests out of the service's own document, right, wrong and absurd, of every caller in turn: each answer is held to
 * what is documented of it. The same seed sends the same, but for the ids that the service gives.
 */
export class Fuzz {
  readonly faults: FuzzFault[] = [];
  readonly statuses = new Map<number, number>();
  private readonly ids = new Map<string, string[]>();
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  private readonly errors: DocumentedErrors;
  private readonly operations: Operation[];
  private readonly fuzzer: Fuzzer;

  constructor(
    document: Document & Described,
    private readonly callers: readonly Speak[],
    seed: number,
  ) {
    this.ajv.addSchema(document, 'document');
    this.errors = new DocumentedErrors(document);
    this.fuzzer = new Fuzzer(document, this.ids, seed);
    this.operations = Object.entries(document.paths)
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, about]) => ({ method: method as Method, path, about })),
      )
      .filter(({ method, path }) => !LEFT_OUT.has(`${method} ${path}`));
  }

  /** Ids that the service has shown are used in later requests. */
  note(text: string): void {
    for (const [id = '', prefix = ''] of text.matchAll(/\b([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\b/g)) {
      const known = this.ids.get(prefix) ?? [];
      if (known.length < KNOWN && !known.includes(id)) this.ids.set(prefix, [...known, id]);
    }
  }

  /** How many did something. */
  get done(): number {
    return [...this.statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
  }

  /** One request after the other, each operation in turn. @param told after each */
  async play(requests: number, told: (n: number) => void = () => undefined): Promise<void> {
    for (let n = 0; n < requests; n += 1) {
      const operation = this.operations[n % this.operations.length];
      if (operation === undefined) throw new Error('The document has no operations.');
      const sent = await this.send(operation);
      const { status, text } = sent.heard;
      if (status < 300) this.note(text);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      const fault = this.faultOf(operation, sent);
      if (fault !== null) this.faults.push({ n, fault, line: sent.line, body: sent.body, said: text.slice(0, SHOWN) });
      told(n + 1);
    }
  }

  private async send({ method, path, about }: Operation): Promise<Sent> {
    const { fuzzer } = this;
    const schema = about.requestBody?.content['application/json']?.schema;
    const good = schema === undefined ? {} : fuzzer.valid(schema);
    const kind = fuzzer.pick(['valid', 'mutated', 'mutated', 'junk'] as const);
    const body = kind === 'valid' ? good : kind === 'mutated' ? fuzzer.mutated(good) : fuzzer.junk();
    const address = this.addressOf(path) + this.queryOf(about);
    const speak = fuzzer.pick(this.callers);
    const key: Record<string, string> = fuzzer.chance(0.8) ? { 'idempotency-key': randomUUID() } : {};
    const text = typeof body === 'string' && fuzzer.chance(0.3) ? body : JSON.stringify(body);
    const sent = method === 'get' || method === 'delete' ? null : text;
    const heard = await speak(method, address, sent, { ...key, 'content-type': 'application/json' });
    return { line: `${method} ${address}`, body: sent, heard };
  }

  /** A name for each part of a path that is one: an id of the right kind, or a code. */
  private addressOf(path: string): string {
    const parts = path.split('/');
    return parts.map((part, n) => part.replace(/\{[^}]+\}/, () => this.nameFor(parts[n - 1] ?? ''))).join('/');
  }

  private nameFor(collection: string): string {
    const prefix = PREFIXES[collection];
    if (prefix !== undefined) return this.fuzzer.id(prefix);
    const code = this.fuzzer.pick(CODES);
    return code.startsWith('%') ? code : encodeURIComponent(code); // half of a character is no address at all
  }

  private queryOf({ parameters = [] }: OperationObject): string {
    const { fuzzer } = this;
    const given = parameters.filter(
      ({ in: where, required }) => where === 'query' && (required === true || fuzzer.chance(0.3)),
    );
    const pairs = given.map(({ name, schema }) => {
      const value = fuzzer.chance(0.6) ? fuzzer.valid(schema) : fuzzer.junk();
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [name, text.slice(0, SHOWN).replaceAll(/\p{Surrogate}/gu, '')] as [string, string];
    });
    return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
  }

  /** What is wrong with an answer; null: nothing. */
  private faultOf({ method, path, about }: Operation, { line, heard }: Sent): string | null {
    const { status, type, text } = heard;
    if (status >= 500) return `status ${status}`;
    if (about.responses[status] === undefined && status < 400) return `status ${status} is not documented`;
    if (status < 400) return this.mismatchOf(method, path, heard);
    if (path === '/track/{tracking_number}') return null; // a page for people, also where there is nothing to show
    if (!type.startsWith('application/problem+json')) return 'no problem document';
    const { code, detail, request_id: requestId } = JSON.parse(text) as Record<string, unknown>;
    if (![code, detail, requestId].every((part) => typeof part === 'string' && part !== '')) return 'an empty problem';
    return this.errors.faultOf(method, line.slice(method.length + 1), heard);
  }

  /** How a JSON answer differs from the schema that the document gives for it; null: in nothing. */
  private mismatchOf(method: Method, path: string, { status, type, text }: Heard): string | null {
    if (!type.startsWith('application/json')) return null;
    const place = ['paths', path, method, 'responses', String(status), 'content', 'application/json', 'schema'];
    const pointer = place
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/');
    const check = this.ajv.getSchema(`document#/${pointer}`);
    if (check === undefined) return 'the answer has no schema';
    return check(JSON.parse(text)) === true ? null : `not as documented: ${this.ajv.errorsText(check.errors)}`;
  }
}
