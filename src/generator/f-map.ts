// Operations under other names.
import type { Gen, GenLike } from './generator.ts';
import { map } from './map.ts';

/** Renames `f` by a table (names it lacks stay) or a function. */
export const fMap = (
  names: Readonly<Record<string, string>> | ((f: string) => string),
  gen: GenLike,
): Gen => {
  const rename = typeof names === 'function' ? names : (f: string) => names[f] ?? f;
  return map((op) => ({ f: rename(op.f) }), gen);
};
