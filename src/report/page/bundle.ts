// Makes one script of the page's TypeScript modules: types stripped, each module in a scope of its own.
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, resolve } from 'node:path';
import { assert } from '../../base/assert.ts';

const importStatement = /^import\s*\{([^}]*)\}\s*from\s*'(\.[^']*)';?$/gm;
const reExport = /^export\s*\{([^}]*)\};?$/gm;
const exportedName = /^export\s+(?:async\s+)?(?:const|let|function|class)\s+([A-Za-z_$][\w$]*)/gm;

/** Strips types. Node says at every use that its function is experimental; users need not hear it from a report. */
const strip = (source: string): string => {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
};

const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

type Module = { readonly id: string; readonly code: string };

/** Modules in the order in which they have to run, each once. */
const collect = (path: string, modules: Map<string, Module>): string => {
  const known = modules.get(path);
  if (known !== undefined) return known.id;
  const text = readFileSync(path, 'utf8');
  let body = path.endsWith('.ts') ? strip(text) : text;
  body = body.replace(importStatement, (_, names: string, from: string) => {
    const used = namesIn(names);
    if (used.length === 0) return '';
    const id = collect(resolve(dirname(path), from), modules);
    return `const { ${used.map((name) => name.replace(/\s+as\s+/, ': ')).join(', ')} } = ${id};`;
  });
  const exported = [...body.matchAll(exportedName)].map((match) => match[1]!);
  body = body.replace(reExport, (_, names: string) => {
    exported.push(...namesIn(names));
    return '';
  });
  body = body.replace(/^export\s+(?=(?:async|const|let|function|class)\b)/gm, '');
  assert(
    !/^(?:import|export)\b/m.test(body),
    `${path}: an import or export the bundler does not know`,
  );
  const id = `module${modules.size}`;
  const code = `const ${id} = (() => {\n${body}\nreturn { ${[...new Set(exported)].join(', ')} };\n})();`;
  modules.set(path, { id, code });
  return id;
};

const compact = (code: string): string =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(\/\/|\/\*\*|\*\/|\* )/.test(line))
    .join('\n');

/** The script of an entry module and everything it imports by relative path. Named imports and exports only. */
export const bundle = (entry: string): string => {
  const modules = new Map<string, Module>();
  collect(resolve(entry), modules);
  const code = [...modules.values()].map((module) => compact(module.code)).join('\n');
  return `(() => {\n'use strict';\n${code}\n})();`;
};
