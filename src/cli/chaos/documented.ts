interface Answer {
  $ref?: string;
  content?: Record<string, { schema?: { allOf?: { properties?: { code?: { enum?: string[] } } }[] } }>;
}

/** As much of an OpenAPI document as its errors are read from. */
export interface Described {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Answer> }>>;
  components: { responses: Record<string, Answer> };
}

/** An answer, as far as a document says anything of it. */
export interface Heard {
  status: number;
  /** Its content type; empty: it has none. */
  type: string;
  text: string;
}

/** The errors that the service's own document promises of each call. */
export class DocumentedErrors {
  private readonly addresses: { form: RegExp; path: string }[];

  constructor(private readonly document: Described) {
    const paths = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length);
    this.addresses = paths.map((path) => ({
      path,
      form: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  /** What is not as documented of an error; null: nothing, or no error at all. */
  faultOf(method: string, address: string, { status, type, text }: Heard): string | null {
    if (status < 400 || !type.startsWith('application/problem+json')) return null;
    const plain = address.split('?')[0] ?? '';
    const path = this.addresses.find(({ form, path: p }) => form.test(plain) && this.document.paths[p]?.[method])?.path;
    const call = path === undefined ? undefined : this.document.paths[path]?.[method];
    if (call === undefined) return null; // the address leads nowhere
    const { code } = JSON.parse(text) as { code: string };
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
