import { english } from './words.en.ts';
import { french } from './words.fr.ts';
import type { Language, Words } from './words.ts';

export const WORDS: Readonly<Record<Language, Words>> = { en: english, fr: french };

/** Where merchants are written to in French; elsewhere in English, until they choose. ISO 3166. */
const FRENCH = new Set(
  'FR MC BE LU GP MQ GF RE YT PM BL MF NC PF WF SN CI ML BF NE TG BJ GN GA CG CD CM CF TD DJ KM MG HT MA TN DZ'.split(
    ' ',
  ),
);

export function languageOf(country: string): Language {
  return FRENCH.has(country) ? 'fr' : 'en';
}
