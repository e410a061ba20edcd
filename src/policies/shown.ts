import type { FastifyReply } from 'fastify';
import { preferred } from '../http/preferred.ts';
import type { Language, Terms } from './deciding/terms.policy.ts';

export function languageOf(accepted: string | undefined): Language {
  return preferred(accepted, ['en', 'fr'] as const);
}

/** The one in which a policy speaks to whoever asks for another: not each is in every language. */
export const spokenOf = ({ languages }: Terms, asked: Language): Language => (languages.includes(asked) ? asked : 'en');

/** Answers JSON, or the page where the caller wants that more, and says in which language. */
export async function shownAs<T>(
  accept: string | undefined,
  reply: FastifyReply,
  as: { language: Language; json: () => T | Promise<T>; page: () => string },
): Promise<T | string> {
  void reply.header('Vary', 'Accept, Accept-Language').header('Content-Language', as.language);
  if (preferred(accept, ['application/json', 'text/html']) === 'application/json') return as.json();
  void reply.header('Content-Type', 'text/html; charset=utf-8');
  return as.page();
}
