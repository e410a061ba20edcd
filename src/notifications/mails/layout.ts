/** What a mail says, before it is set as text and as HTML. */
export interface Letter {
  subject: string;
  paragraphs: readonly string[];
  /** Set as a table of two columns. */
  facts?: readonly (readonly [label: string, value: string])[];
}

export interface SetLetter {
  subject: string;
  text: string;
  html: string;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/**
 * Sets a letter as plain text and as HTML that a phone shows without zooming: one column, no pictures, no scripts.
 * @param language of its texts, `en`
 * @param signature the last line
 */
export function setLetter({ subject, paragraphs, facts = [] }: Letter, language: string, signature: string): SetLetter {
  const table = facts.map(([label, value]) => `${label}: ${value}`).join('\n');
  const text = [...paragraphs, ...(table === '' ? [] : [table]), `-- \n${signature}`].join('\n\n');
  const rows = facts
    .map(
      ([label, value]) =>
        `<tr><td style="padding:4px 16px 4px 0;color:#555;vertical-align:top">${escapeHtml(label)}</td>` +
        `<td style="padding:4px 0;word-break:break-word">${escapeHtml(value)}</td></tr>`,
    )
    .join('');
  const html = [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(subject)}</title></head>`,
    `<body style="margin:0;background:#f4f4f2"><div style="max-width:560px;margin:0 auto;padding:24px 16px;background:#fff;`,
    `${FONT};font-size:16px;line-height:1.5;color:#222">`,
    `<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px">${escapeHtml(subject)}</h1>`,
    ...paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`),
    rows === '' ? '' : `<table role="presentation" style="border-collapse:collapse;margin:0 0 16px">${rows}</table>`,
    `<p style="margin:24px 0 0;color:#555;font-size:14px">${escapeHtml(signature)}</p></div></body></html>`,
  ].join('');
  return { subject, text, html };
}
