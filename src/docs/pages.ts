import { escapeHtml as escape } from '../kernel/html.ts';
import { marked } from 'marked';
import type { ProblemPage } from './problems.ts';

const STYLE = `body{font:1rem/1.6 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem 1rem 4rem;color:#1a1a1a;background:#fff}
nav{margin-bottom:2rem}nav a{margin-right:1rem}pre{background:#f4f4f2;padding:.75rem 1rem;white-space:pre-wrap;border-radius:4px}
code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid #ddd;vertical-align:top}
@media(max-width:40rem){h1{font-size:1.6rem;line-height:1.3}}`;

/** For the list of calls, whose page says nothing of how wide it is. */
export const FITS_A_PHONE = `'use strict';
const { head } = document;
head.append(Object.assign(document.createElement('meta'), { name: 'viewport', content: 'width=device-width, initial-scale=1' }));
`;

/** One page of documentation: no script, nothing from elsewhere. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Waybill</title><style>${STYLE}</style></head><body>
<nav aria-label="Documentation"><a href="/docs">Every call</a><a href="/docs/guides">Guides</a><a href="/problems">Errors</a><a href="/openapi.json">OpenAPI</a></nav>
<main>${body}</main></body></html>`;
}

/** A guide as it is written in src/docs/guides. */
export const guidePage = (title: string, markdown: string): string =>
  page(title, marked.parse(markdown, { async: false }));

export function problemPage(code: string, { status, means, todo }: ProblemPage): string {
  const body = `<h1><code>${breakable(code)}</code></h1><p>Status ${status}.</p><p>${inline(means)}</p><h2>What to do</h2><p>${inline(todo)}</p>`;
  return page(code, body);
}

export function problemsPage(problems: Readonly<Record<string, ProblemPage>>): string {
  const rows = Object.entries(problems)
    .sort(([a, left], [b, right]) => left.status - right.status || (a < b ? -1 : 1))
    .map(
      ([code, { status, means }]) =>
        `<tr><td>${status}</td><td><a href="/problems/${code}"><code>${breakable(code)}</code></a></td><td>${inline(means)}</td></tr>`,
    );
  return page(
    'Errors',
    `<h1>Errors</h1><p>Every error is an RFC 9457 problem with a stable <code>code</code>; decide by it, never by the text.</p>
<table><thead><tr><th scope="col">Status</th><th scope="col">Code</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  );
}

/** Text with its `code` set as such. */
const inline = (text: string): string => escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');

/** A code that a narrow screen breaks after an underscore, not within a word. */
const breakable = (code: string): string => escape(code).replaceAll('_', '_<wbr>');
