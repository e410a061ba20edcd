import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A package that is loaded with its first use: what a process never does, neither its start nor its memory pays for.
 * @param load gets Node's `require`: the package must have a CommonJS form
 */
export function later<T>(load: (from: NodeJS.Require) => T): () => T {
  return () => load(require);
}
