import { escapeHtml as escape } from '../kernel/html.ts';
import type { Page } from '../kernel/pages.ts';
import type { MailHeadView, MailsQuery, MailView } from './mail.dto.ts';

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
a{color:#0b57a4}table{width:100%;border-collapse:collapse}caption{text-align:left;padding:.5rem 0}
th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid #ccc;vertical-align:top;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dd{margin:0;overflow-wrap:anywhere}
iframe{width:100%;height:32rem;border:1px solid #767676}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f2;padding:1rem}
label{display:block;margin:.75rem 0 .25rem}input,button{font:inherit;padding:.4rem .6rem}[role=alert]{color:#a00000;font-weight:600}
@media(max-width:40rem){h1{font-size:1.5rem}thead{position:absolute;clip-path:inset(50%)}tr{display:block;padding:.5rem 0;border-bottom:1px solid #ccc}td{display:block;padding:0;border:0}}`;

function htmlPage(title: string, main: string, script = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Waybill</title><style>${STYLE}</style>${script}</head><body>${main}</body></html>`;
}

const link = (path: string, text: string): string => `<a href="${escape(path)}">${escape(text)}</a>`;

/** @param query the filters of the list, as the next page keeps them */
export function mailsPage({ data, next_cursor: next }: Page<MailHeadView>, query: MailsQuery): string {
  const rows = data.map(
    ({ id, created_at: at, to, subject, status }) =>
      `<tr><td>${escape(at.slice(0, 16).replace('T', ' '))}</td><td>${escape(to)}</td><td>${link(`/v1/mails/${id}`, subject)}</td><td>${status}</td></tr>`,
  );
  const table = `<table><caption>Newest first; times are UTC. “kept”: no SMTP is set, the mail is read here.</caption>
<thead><tr><th scope="col">Written</th><th scope="col">To</th><th scope="col">Subject</th><th scope="col">Status</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
  const more = new URLSearchParams({
    ...(query.status === undefined ? {} : { status: query.status }),
    ...(query.kind === undefined ? {} : { kind: query.kind }),
    ...(query.to === undefined ? {} : { to: query.to }),
    ...(query.limit === undefined ? {} : { limit: String(query.limit) }),
    cursor: next ?? '',
  });
  const foot = next === null ? '' : `<p>${link(`/v1/mails?${more.toString()}`, 'Older mails')}</p>`;
  return htmlPage(
    'Mails',
    `<main tabindex="-1"><h1>Mails</h1>${rows.length === 0 ? '<p>None.</p>' : table}${foot}</main>`,
  );
}

/** One mail as it looks: in a frame that runs nothing and loads nothing. */
export function mailPage(mail: MailView): string {
  const { id, subject, to, status, html, text, attachments } = mail;
  const facts = [
    ['To', escape(to)],
    ['Written', escape(mail.created_at)],
    ['Sent', escape(mail.sent_at ?? 'not sent')],
    ['Status', status + (mail.last_error === null ? '' : ` (${escape(mail.last_error)})`)],
    ...attachments.map(({ name }, n) => ['Attached', link(`/v1/mails/${id}/attachments/${n + 1}`, name)]),
  ].map(([name = '', value = '']) => `<dt>${name}</dt><dd>${value}</dd>`);
  const shown =
    html === null
      ? ''
      : `<h2>As it looks</h2><iframe sandbox title="The mail as it looks" srcdoc="${escape(html)}"></iframe>`;
  return htmlPage(
    subject,
    `<main tabindex="-1"><p>${link('/v1/mails', 'All mails')}</p><h1>${escape(subject)}</h1><dl>${facts.join('')}</dl>${shown}
<h2>As plain text</h2><pre>${escape(text)}</pre></main>`,
  );
}

/** Where people sign in to read mails in a browser: it knows nothing but how to ask for the pages above. */
export const MAILBOX_PAGE = htmlPage(
  'Mails',
  `<main tabindex="-1"><h1>Mails</h1><p>For administrators: what was mailed, and what waits.</p>
<form><label for="email">E-mail</label><input id="email" type="email" autocomplete="username" required>
<label for="password">Password</label><input id="password" type="password" autocomplete="current-password" required>
<p><button>Sign in</button></p></form></main><p role="alert" id="fault"></p>`,
  '<script src="/mails/mailbox.js" defer></script>',
);

/**
 * Keeps the session in memory: it ends with the page. Addresses of mails stand behind the `#`, so that Back works; any
 * other address, which a link of somebody's may bring along, is not asked: the session goes nowhere else.
 */
export const MAILBOX_SCRIPT = `'use strict';
let token = '';
const fault = document.getElementById('fault');
const failed = async (answer) => {
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.detail || 'The service answered ' + answer.status + '.');
};
const ask = async (path) => {
  const answer = await fetch(path, { headers: { Authorization: 'Bearer ' + token, Accept: 'text/html' } });
  return answer.ok ? answer : failed(answer);
};
const tried = (work) => async (event) => {
  event.preventDefault();
  fault.textContent = '';
  try { await work(event); } catch (error) { fault.textContent = error.message; }
};
const place = () => {
  const { pathname, search } = new URL(location.hash.slice(1), location.origin + '/');
  return /^\\/v1\\/mails(\\/|$)/.test(pathname) ? pathname + search : '/v1/mails';
};
const show = async () => {
  const answer = await ask(place());
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.title = page.title;
  document.querySelector('main').replaceWith(page.querySelector('main'));
  document.querySelector('main').focus();
};
const save = async (anchor) => {
  const file = document.createElement('a');
  file.href = URL.createObjectURL(await (await ask(anchor.getAttribute('href'))).blob());
  file.download = anchor.textContent;
  file.click();
};
document.querySelector('form').addEventListener('submit', tried(async () => {
  const [email, password] = ['email', 'password'].map((id) => document.getElementById(id).value);
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch('/v1/sessions', { method: 'POST', headers, body: JSON.stringify({ email, password }) });
  if (!answer.ok) return failed(answer);
  token = (await answer.json()).token;
  await show();
}));
addEventListener('hashchange', tried(() => (token === '' ? undefined : show())));
document.addEventListener('click', (event) => {
  const anchor = event.target.closest('a[href^="/v1/mails"]');
  if (anchor === null) return;
  event.preventDefault();
  const path = anchor.getAttribute('href');
  if (path.includes('/attachments/')) tried(() => save(anchor))(event);
  else location.hash = path;
});
`;
