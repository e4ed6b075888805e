// Debian packages that clusters, faults and systems on this machine need, and which of them are missing.
import { access } from 'node:fs/promises';
import { infrastructureError } from '../base/errors.ts';
import list from './packages.json' with { type: 'json' };

export type NeededPackage = {
  readonly package: string;
  /** A file by which its presence is known. */
  readonly provides: string;
  /** Which part needs it. */
  readonly for: string;
};

export const neededPackages: readonly NeededPackage[] = list;

/** Those of `purposes` whose file is not there. */
export const missingPackages = async (
  purposes: readonly string[],
): Promise<readonly NeededPackage[]> => {
  const wanted = neededPackages.filter((entry) => purposes.includes(entry.for));
  const checked = await Promise.all(
    wanted.map(async (entry) => {
      const isThere = await access(entry.provides).then(
        () => true,
        () => false,
      );
      return isThere ? [] : [entry];
    }),
  );
  return checked.flat();
};

/** Throws an infrastructure error that names the programs and the packages to install. */
export const requirePackages = async (purposes: readonly string[]): Promise<void> => {
  const missing = await missingPackages(purposes);
  if (missing.length === 0) return;
  const programs = missing.map(({ provides }) => provides).join(', ');
  const packages = [...new Set(missing.map((entry) => entry.package))].join(' ');
  throw infrastructureError(`missing programs: ${programs}`, {
    code: 'missing-programs',
    hint: `apt-get install ${packages}`,
  });
};
