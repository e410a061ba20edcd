import { NotXml, readXml } from '../kernel/xml.ts';

/** A body as a value, or why it cannot be read. */
export type Payload = { readable: true; value: unknown } | { readable: false; reason: string };

/** Deeper than this is no courier's message; it also keeps recursion in our hands. */
const MAX_DEPTH = 64;
const XML_ENCODING = /^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']/;
/** `data={…}`, as some couriers post it. */
const FORM = /^[A-Za-z_][\w.-]*=/;
const LATIN = new Set(['iso-8859-1', 'latin1', 'windows-1252', 'us-ascii']);

/**
 * Reads a message: XML where it begins with `<`, else JSON, also JSON inside a JSON text, or either in a form's field.
 * Bytes are UTF-8, or what an XML declaration says. Never throws: what cannot be read is kept and listed with the reason.
 */
export function readPayload(bytes: Uint8Array): Payload {
  const text = textOf(bytes);
  if (text === null) return unreadable('The body is not UTF-8.');
  const body = text.replace(/^\uFEFF/, '').trim();
  if (body === '') return unreadable('The body is empty.');
  if (body.includes('\u0000') || /\\u0000/.test(body)) return unreadable('The body holds a NUL character.');
  const form = FORM.test(body) ? readFormBody(body) : null;
  return form ?? (body.startsWith('<') ? readXmlBody(body) : readJsonBody(body));
}

/** A form that carries JSON or XML in one of its fields; null where none does. */
function readFormBody(body: string): Payload | null {
  const fields = [...new URLSearchParams(body)].map(([name, text]) => [name, text, opened(text.trim())] as const);
  if (!fields.some(([, , value]) => value !== undefined)) return null;
  return { readable: true, value: Object.fromEntries(fields.map(([name, text, value]) => [name, value ?? text])) };
}

/** What a field holds; undefined where it is a text and no more. */
function opened(text: string): unknown {
  if (!/^[<{[]/.test(text)) return undefined;
  const payload = text.startsWith('<') ? readXmlBody(text) : readJsonBody(text);
  return payload.readable ? payload.value : undefined;
}

function unreadable(reason: string): Payload {
  return { readable: false, reason };
}

function textOf(bytes: Uint8Array): string | null {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const declared = XML_ENCODING.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  if (LATIN.has(declared)) return new TextDecoder('latin1').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null; // the caller says that it is not UTF-8
  }
}

function readXmlBody(body: string): Payload {
  try {
    return { readable: true, value: readXml(body) };
  } catch (error) {
    if (error instanceof NotXml) return unreadable(error.message);
    return unreadable('The XML cannot be read.');
  }
}

function readJsonBody(body: string): Payload {
  if (depthOf(body) > MAX_DEPTH) return unreadable(`The JSON is more than ${MAX_DEPTH} levels deep.`);
  const value = parsed(body);
  if (value === undefined) return unreadable('The body is neither JSON nor XML.');
  const inner = typeof value === 'string' && depthOf(value) <= MAX_DEPTH ? parsed(value) : undefined;
  return { readable: true, value: inner ?? value };
}

/** A number that a double cannot hold to its last digit, as tracking numbers of up to 34 digits are. */
const LONG = /[:[,]\s*\d{16,}\s*[,\]}]/;
const TEXT_OR_LONG = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])\d{16,}(?=\s*[,\]}])/g;

/** Such numbers are read as texts. */
function exact(text: string): string {
  if (!LONG.test(text)) return text;
  return text.replace(TEXT_OR_LONG, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(exact(text)) as unknown;
  } catch {
    return undefined; // JSON has no undefined, so the caller can tell
  }
}

/** Brackets are counted without regard to texts: more is refused, never less. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const char of text) {
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}
