import type { Response } from 'supertest';
import type { TestApp } from './app.ts';

interface Answer {
  $ref?: string;
  content?: Record<string, { schema?: { allOf?: { properties?: { code?: { enum?: string[] } } }[] } }>;
}

interface Described {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Answer> }>>;
  components: { responses: Record<string, Answer> };
}

/** The errors that the service's own document promises of each call. */
export class DocumentedErrors {
  private static readonly known = new WeakMap<TestApp, Promise<DocumentedErrors>>();
  private readonly addresses: { form: RegExp; path: string }[];

  constructor(private readonly document: Described) {
    const paths = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    this.addresses = paths.map((path) => ({
      path,
      form: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  static of(test: TestApp): Promise<DocumentedErrors> {
    const read = async () => new DocumentedErrors((await test.http.get('/openapi.json')).body as Described);
    const found = this.known.get(test) ?? read();
    this.known.set(test, found);
    return found;
  }

  /** What is not as documented of an error; null: nothing, or no error at all. */
  faultOf(method: string, address: string, { status, headers, body }: Response): string | null {
    if (status < 400 || !headers['content-type']?.startsWith('application/problem+json')) return null;
    const plain = address.split('?')[0] ?? '';
    const path = this.addresses.find(({ form, path: p }) => form.test(plain) && this.document.paths[p]?.[method])?.path;
    const call = path === undefined ? undefined : this.document.paths[path]?.[method];
    if (call === undefined) return null; // the address leads nowhere
    const { code } = body as { code: string };
    return this.codesOf(call.responses[status]).includes(code)
      ? null
      : `${call.operationId} answers ${status} ${code}, which its document does not list (src/docs/codes.ts)`;
  }

  private codesOf(answer: Answer | undefined): readonly string[] {
    if (answer?.$ref !== undefined)
      return this.codesOf(this.document.components.responses[answer.$ref.split('/').at(-1) ?? '']);
    const parts = answer?.content?.['application/problem+json']?.schema?.allOf ?? [];
    return parts.flatMap(({ properties }) => properties?.code?.enum ?? []);
  }
}
