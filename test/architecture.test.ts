// The borders of the house, checked by machine: rooms, directions, cycles (types included), sizes, and who may touch the world.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const core = ['base', 'history', 'generator', 'checker', 'contract'];

/** Which rooms each room may import, itself always. Everything else is refused. `public` is src/index.ts. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  history: ['base'],
  generator: ['base', 'history'],
  checker: ['base', 'history', 'elle-js-bridge'],
  'elle-js-bridge': [],
  contract: ['base', 'history', 'generator', 'checker'],
  control: ['base', 'contract'],
  cluster: [...core, 'control'],
  faults: [...core, 'control'],
  systems: [...core, 'control'],
  runner: core,
  sim: [...core, 'runner'],
  store: ['base', 'history', 'contract'],
  report: ['base', 'history', 'checker', 'contract', 'store'],
  cli: ['*'],
  public: ['*'],
  workloads: ['public'],
  nemesis: ['public'],
};

/** Rooms whose functions are pure: no clock, no chance, no environment, no input or output. */
const pure = ['base', 'history', 'generator', 'checker', 'contract'];
const worldly =
  /\b(Date\.now|new Date\(\)|performance\.now|process\.hrtime|setTimeout|setInterval|setImmediate|Math\.random|process\.env)\b|from 'node:(fs|net|http|child_process|os|dgram)/;

/** Files allowed to exceed 300 lines: tables of data, by name. */
const dataTables: readonly string[] = ['src/elle-js-bridge/models/tables.ts'];
const maxLines = 300;

const sourcesUnder = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => join(folder, file));

const sources = ['src', 'workloads', 'nemesis'].flatMap(sourcesUnder);
const textOf = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const roomOf = (file: string): string => {
  const [top = '', second = ''] = file.split('/');
  if (top !== 'src') return top;
  return second.endsWith('.ts') ? 'public' : second;
};

/** Project files a source imports or re-exports, types included, also with import(). */
const importsOf = (file: string): string[] => {
  const text = (textOf.get(file) ?? '')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
  const specifiers = [
    ...text.matchAll(/\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g),
    ...text.matchAll(/\bimport\s*['"]([^'"]+)['"]/g),
    ...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g),
  ].map((match) => match[1] ?? '');
  return specifiers.flatMap((specifier) => {
    if (specifier === 'ordeal') return ['src/index.ts'];
    if (specifier === 'elle-js-bridge') return ['src/elle-js-bridge/index.ts'];
    if (specifier === 'ordeal/testing') return ['src/testing.ts'];
    return specifier.startsWith('.') ? [normalize(join(dirname(file), specifier))] : [];
  });
};

const cyclesAmong = (files: readonly string[]): string[] => {
  const state = new Map<string, 'open' | 'closed'>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'closed') return;
    if (state.get(file) === 'open') {
      found.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const next of importsOf(file)) visit(next, [...path, file]);
    state.set(file, 'closed');
  };
  for (const file of files) visit(file, []);
  return found;
};

describe('architecture', () => {
  test('imports go one way', () => {
    const wrong = sources.flatMap((file) => {
      const room = roomOf(file);
      const allowed = mayImport[room];
      if (allowed === undefined) return [`${file}: no room named ${room} in the table`];
      return importsOf(file)
        .filter((target) => roomOf(target) !== room)
        .filter((target) => !allowed.includes('*') && !allowed.includes(roomOf(target)))
        .map((target) => `${file} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('every import names a file that exists', () => {
    const missing = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.endsWith('.ts') && !textOf.has(target))
        .map((t) => `${file}: ${t}`),
    );
    expect(missing).toEqual([]);
  });

  test('no cycles, types included', () => {
    expect(cyclesAmong(sources)).toEqual([]);
  });

  test('pure rooms do not touch the world', () => {
    const wrong = sources.filter(
      (file) => pure.includes(roomOf(file)) && worldly.test(textOf.get(file) ?? ''),
    );
    expect(wrong).toEqual([]);
  });

  test(`no source file is longer than ${maxLines} lines`, () => {
    const long = sources
      .map((file) => ({ file, lines: (textOf.get(file) ?? '').trimEnd().split('\n').length }))
      .filter(({ file, lines }) => lines > maxLines && !dataTables.includes(file));
    expect(long).toEqual([]);
  });

  test('every file says in its first line what it is for', () => {
    const silent = sources.filter((file) => !/^(#!.*\n)?\/\/ \S/.test(textOf.get(file) ?? ''));
    expect(silent).toEqual([]);
  });

  test('every room is on the map in docs/architecture.md', () => {
    const map = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const rooms = [...new Set(sources.map(roomOf))].filter((room) => room !== 'public');
    expect(
      rooms.filter((room) => !new RegExp(`^\\| \`(src/)?${room}/\` \\|`, 'm').test(map)),
    ).toEqual([]);
  });

  test('the table itself is read: a forbidden import would be seen', () => {
    expect(importsOf('src/contract/workload.ts').map((file) => relative('src', file))).toContain(
      'checker/checker.ts',
    );
    expect(mayImport.base).not.toContain('checker');
  });
});
