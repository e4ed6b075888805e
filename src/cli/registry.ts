// Finds workloads, nemeses and systems by name (one file each, found by its folder) or by the path of a user's own file.
import { existsSync, readdirSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { messageOf, usageError } from '../base/errors.ts';
import type { NemesisPackage } from '../contract/nemesis.ts';
import type { System } from '../contract/system.ts';
import type { Workload } from '../contract/workload.ts';
import { suggestion } from './suggest.ts';

const packageRoot = resolve(import.meta.dirname, '../..');
const aFunction = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);
const optionSpecs = z.record(
  z.string(),
  z.looseObject({ type: z.enum(['boolean', 'number', 'string']), describe: z.string() }),
);

/** The shapes a file has to export; wrong ones are refused with the path of what is wrong. */
const kinds = {
  workload: {
    folder: 'workloads',
    shape: z.looseObject({
      about: z.string(),
      vocabulary: z.string(),
      options: optionSpecs.optional(),
      generator: aFunction,
      finalGenerator: aFunction.optional(),
      checkers: aFunction,
    }),
  },
  nemesis: {
    folder: 'nemesis',
    shape: z.looseObject({
      about: z.string(),
      needs: z.array(z.string()),
      options: optionSpecs.optional(),
      bands: z.array(
        z.looseObject({ name: z.string(), start: z.array(z.string()), stop: z.array(z.string()) }),
      ),
      fs: z.array(z.string()),
      generator: aFunction,
      finalGenerator: aFunction.optional(),
      invoke: aFunction,
    }),
  },
  system: {
    folder: 'src/systems',
    shape: z.looseObject({
      about: z.string(),
      options: optionSpecs.optional(),
      start: aFunction,
      clients: z.record(z.string(), aFunction),
    }),
  },
} as const;
export type Kind = keyof typeof kinds;
export type Extension = { workload: Workload; nemesis: NemesisPackage; system: System };

const isModule = (file: string): boolean => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts');

/** The names of the bundled extensions of a kind, sorted: one per file. */
export const namesOf = (kind: Kind): string[] =>
  readdirSync(join(packageRoot, kinds[kind].folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && isModule(entry.name))
    .map((entry) => basename(entry.name).replace(/\.(ts|js)$/, ''))
    .sort();

const isPath = (name: string): boolean =>
  /^\.{0,2}\//.test(name) || isAbsolute(name) || isModule(name);

/** The path of an extension's file, by name or path; throws a usage error that names similar ones. */
export const fileOf = (kind: Kind, name: string): string => {
  if (isPath(name)) {
    const file = resolve(name);
    if (!existsSync(file)) throw usageError(`${kind} ${name}: no such file`);
    return file;
  }
  const names = namesOf(kind);
  if (!names.includes(name))
    throw usageError(`unknown ${kind} '${name}': ${suggestion(name, names)}`);
  const stem = join(packageRoot, kinds[kind].folder, name);
  return existsSync(`${stem}.ts`) ? `${stem}.ts` : `${stem}.js`;
};

/** Whether a name is one of those that come with the tool. */
export const isBundled = (kind: Kind, name: string): boolean => namesOf(kind).includes(name);

/** Loads an extension by name or path; a file of the wrong shape is refused with its path and what is wrong. */
export const load = async <K extends Kind>(kind: K, name: string): Promise<Extension[K]> => {
  const file = fileOf(kind, name);
  const module: Record<string, unknown> = await import(pathToFileURL(file).href).catch(
    (cause: unknown) => {
      throw usageError(`${file}: cannot be loaded: ${messageOf(cause)}`);
    },
  );
  if (module[kind] === undefined) throw usageError(`${file}: has no export named '${kind}'`);
  const checked = kinds[kind].shape.safeParse(module[kind]);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw usageError(`${file}: ${[kind, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`);
  }
  return module[kind] as Extension[K]; // zod proved the shape; its functions' types are the author's promise
};

/** The name an extension goes by in folders and reports: its file's name. */
export const nameOf = (name: string): string => basename(name).replace(/\.(ts|js)$/, '');
