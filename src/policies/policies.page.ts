import { escapeHtml as escape } from '../kernel/html.ts';
import { clauseOf, sectionsOf, type Section } from './deciding/clauses.policy.ts';
import type { Language, Terms } from './deciding/terms.policy.ts';
import { spokenOf } from './shown.ts';

const WORDS: Readonly<
  Record<Language, Readonly<Record<Section['name'] | 'version' | 'draft' | 'effect' | 'all' | 'more', string>>>
> = {
  en: {
    cancellation: 'Cancellation',
    address_change: 'Change of address',
    tracking: 'Tracking',
    receipts: 'Parcels that come back',
    claims: 'Claims',
    returns: 'Returns',
    amount: 'The amount',
    counting: 'How we count',
    promises: 'Times and promises',
    version: 'Version',
    draft: 'Draft, not in force',
    effect: 'Then',
    all: 'Policies in force',
    more: 'More',
  },
  fr: {
    cancellation: 'Annulation',
    address_change: "Changement d'adresse",
    tracking: 'Suivi',
    receipts: 'Colis qui reviennent',
    claims: 'Réclamations',
    returns: 'Retours',
    amount: 'Le montant',
    counting: 'Comment nous comptons',
    promises: 'Délais et promesses',
    version: 'Version',
    draft: 'Projet, pas en vigueur',
    effect: 'Alors',
    all: 'Politiques en vigueur',
    more: 'Suite',
  },
};

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
h1{margin-bottom:0}dt{margin-top:.9rem}dd{margin:.1rem 0 0 1rem;color:#444}code{color:#666;font-size:.8rem;overflow-wrap:anywhere}
@media print{body{font-size:.85rem}dt,dd{break-inside:avoid}}`;

export interface PolicyPage {
  terms: Terms;
  /** Null: a draft. */
  version: number | null;
  /** When it was published, or the draft written. */
  at: Date;
}

/** The policy for people: rendered from the same terms and clauses that decide. No script, readable on paper. */
export function policyPage({ version, terms, at }: PolicyPage, asked: Language): string {
  const language = spokenOf(terms, asked);
  const words = WORDS[language];
  const title = escape(terms.title[language] ?? terms.title.en);
  const sections = sectionsOf(terms).map(({ name, keys }) => {
    const rules = keys.map((key) => {
      const { id, text, effect } = clauseOf(terms, key, language);
      // How it is counted is read as a text; every other rule ends in what is done then.
      const then = key.startsWith('counting/') ? '' : `${words.effect}: ${escape(effect)}. `;
      return `<dt id="${escape(id)}">${escape(text)}</dt><dd>${then}<code>${escape(id)}</code></dd>`;
    });
    return `<section><h2>${words[name]}</h2><dl>${rules.join('')}</dl></section>`;
  });
  return whole(
    language,
    title,
    `<p>${escape(terms.summary[language] ?? terms.summary.en)}</p>
<p>${version === null ? words.draft : `${words.version} ${version}`} · ${dayOf(at)} · <code>${escape(terms.id)}</code></p>
${sections.join('\n')}`,
  );
}

/**
 * The policies in force, each with the way to its own page; in English what is not spoken in the language.
 * @param more the cursor of what follows, or null
 */
export function policiesPage(policies: readonly PolicyPage[], asked: Language, more: string | null): string {
  const words = WORDS[asked];
  const entries = policies.map(({ version, terms, at }) => {
    const language = spokenOf(terms, asked);
    const { id, title, summary } = terms;
    return `<section lang="${language}"><h2><a href="/v1/policies/${escape(id)}">${escape(title[language] ?? title.en)}</a></h2>
<p>${escape(summary[language] ?? summary.en)}</p><p lang="${asked}">${words.version} ${version ?? ''} · ${dayOf(at)} · <code>${escape(id)}</code></p></section>`;
  });
  const rest = more === null ? '' : `<p><a href="/v1/policies?cursor=${escape(more)}">${words.more}</a></p>`;
  return whole(asked, words.all, entries.join('\n') + rest);
}

const dayOf = (at: Date): string => `<time>${at.toISOString().slice(0, 10)}</time>`;

function whole(language: Language, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>
${body}</body></html>`;
}
