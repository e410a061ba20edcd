import { escapeHtml as escape } from '../kernel/html.ts';
import { clauseOf, sectionsOf, type Section } from './deciding/clauses.policy.ts';
import type { Language, Terms } from './deciding/terms.policy.ts';
import { spokenOf } from './shown.ts';

const WORDS: Readonly<Record<Language, Readonly<Record<Section['name'] | 'version' | 'draft' | 'effect', string>>>> = {
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
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head><body><h1>${title}</h1>
<p>${escape(terms.summary[language] ?? terms.summary.en)}</p>
<p>${version === null ? words.draft : `${words.version} ${version}`} · <time>${at.toISOString().slice(0, 10)}</time> · <code>${escape(terms.id)}</code></p>
${sections.join('\n')}</body></html>`;
}
