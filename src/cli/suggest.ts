// "Did you mean": the nearest known name for a mistyped one.
import { distance } from 'fastest-levenshtein';

/** The known name at most two edits (or a third of its length) away from `name`, if any. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  const ranked = known
    .map((candidate) => ({
      candidate,
      edits: distance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .toSorted((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, Math.floor(best.candidate.length / 3))
    ? best.candidate
    : undefined;
};

/** " Did you mean X?" or, when nothing is near, the list of what there is. */
export const suggestion = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known);
  if (near !== undefined) return `did you mean ${near}?`;
  return known.length === 0 ? 'there are none' : `there are: ${known.join(', ')}`;
};
