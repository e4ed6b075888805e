// What the disk refuses, in words: every failure under `results/` is an infrastructure error (exit 4).
import { infrastructureError, messageOf, type OrdealError } from '../base/errors.ts';

type Meaning = { readonly code: string; readonly says: string; readonly hint: string };
const full =
  'Free some space, or set another results folder; what was written before stays readable.';
const denied = 'Check the owner and the rights of the results folder, or set another one.';

const meanings: { readonly [errno: string]: Meaning } = {
  ENOSPC: { code: 'disk-full', says: 'no space left on the device', hint: full },
  EDQUOT: { code: 'disk-full', says: 'the disk quota is used up', hint: full },
  EFBIG: { code: 'disk-full', says: 'the file would exceed the allowed size', hint: full },
  EACCES: { code: 'results-not-writable', says: 'permission denied', hint: denied },
  EPERM: { code: 'results-not-writable', says: 'operation not permitted', hint: denied },
  EROFS: { code: 'results-not-writable', says: 'the file system is read-only', hint: denied },
  ENOTDIR: {
    code: 'results-not-writable',
    says: 'a part of the path is not a folder',
    hint: denied,
  },
  ENOENT: { code: 'results-not-writable', says: 'no such folder', hint: denied },
};

/** The system's error code of anything thrown, e.g. `ENOSPC`. */
export const errnoOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;

/** Turns what `node:fs` threw while writing `path` into one clear line. */
export const writeError = (path: string, cause: unknown): OrdealError => {
  const errno = errnoOf(cause);
  const meaning = errno === undefined ? undefined : meanings[errno];
  if (meaning === undefined) {
    return infrastructureError(`cannot write ${path}: ${messageOf(cause)}`, {
      code: 'disk-error',
      cause,
    });
  }
  const { code, says, hint } = meaning;
  return infrastructureError(`cannot write ${path}: ${says} (${errno})`, { code, hint, cause });
};
