import type { FastifyReply } from 'fastify';
import { preferred } from '../http/preferred.ts';
import type { Language } from './deciding/terms.policy.ts';

export function languageOf(accepted: string | undefined): Language {
  return preferred(accepted, ['en', 'fr'] as const);
}

/** Answers JSON, or the page where the caller wants that more. */
export async function shownAs<T>(
  accept: string | undefined,
  reply: FastifyReply,
  as: { json: () => T | Promise<T>; page: () => string },
): Promise<T | string> {
  void reply.header('Vary', 'Accept, Accept-Language');
  if (preferred(accept, ['application/json', 'text/html']) === 'application/json') return as.json();
  void reply.header('Content-Type', 'text/html; charset=utf-8');
  return as.page();
}
