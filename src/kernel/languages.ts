export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Where people are written to in French; elsewhere in English, until they choose. ISO 3166. */
const FRENCH = new Set(
  'FR MC BE LU GP MQ GF RE YT PM BL MF NC PF WF SN CI ML BF NE TG BJ GN GA CG CD CM CF TD DJ KM MG HT MA TN DZ'.split(
    ' ',
  ),
);

/** @param country where somebody is */
export function languageOf(country: string): Language {
  return FRENCH.has(country) ? 'fr' : 'en';
}
