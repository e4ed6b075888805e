// Reads an inventory, YAML or JSON; whatever is wrong with it is one line with its place in the file.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { messageOf, type OrdealError, usageError } from '../../base/errors.ts';
import { type InventoryFile, inventoryShape } from './inventory-shape.ts';

export type Host = InventoryFile['hosts'][number] & { readonly name: string };
export type Inventory = Omit<InventoryFile, 'hosts'> & {
  /** Absolute path. */
  readonly file: string;
  readonly hosts: readonly Host[];
  /** `file:line` of what is at a path, for messages. */
  placeOf(path: Path): string;
};

type Path = readonly PropertyKey[];
type Parsed = {
  readonly file: string;
  readonly document: ReturnType<typeof parseDocument>;
  readonly lines: LineCounter;
};

/** The place of what is at a path, or of the nearest thing around it that is there. */
const offsetOf = ({ document }: Parsed, path: Path): number => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
};

/** The place of a key itself: of one that should not be there. */
const offsetOfKey = (parsed: Parsed, path: Path, key: string): number => {
  const map = path.length === 0 ? parsed.document.contents : parsed.document.getIn(path, true);
  const pair = isMap(map)
    ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
    : undefined;
  return isScalar(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(parsed, path);
};

const placeAt = ({ file, lines }: Parsed, offset: number): string =>
  `${file}:${lines.linePos(offset).line}`;

const show = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

const explain = (parsed: Parsed, issue: z.core.$ZodIssue): OrdealError => {
  const where = issue.path.length === 0 ? '' : `${show(issue.path)}: `;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const place = placeAt(parsed, offsetOfKey(parsed, issue.path, key));
    const hint = ['password', 'passphrase'].includes(key)
      ? `Secrets are not kept in files: ${key}Env: NAME takes it from the environment variable NAME.`
      : 'docs/guides/clusters.md lists the keys.';
    return usageError(`${place}: ${where}unknown key '${key}'`, hint);
  }
  return usageError(`${placeAt(parsed, offsetOf(parsed, issue.path))}: ${where}${issue.message}`);
};

const parse = (file: string, text: string): Parsed => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const parsed = { file, document, lines };
  const [wrong] = document.errors;
  if (wrong) throw usageError(`${placeAt(parsed, wrong.pos[0])}: ${wrong.message}`);
  return parsed;
};

/** Its value; YAML's aliases may name what is not there, or unfold without end. */
const contentOf = (parsed: Parsed): unknown => {
  try {
    return parsed.document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    let offset = 0;
    visit(parsed.document, {
      Alias: (_, alias) => {
        offset = alias.range?.[0] ?? 0;
        return alias.resolve(parsed.document) === undefined ? visit.BREAK : undefined;
      },
    });
    throw usageError(`${placeAt(parsed, offset)}: ${messageOf(cause).split('\n')[0]}`);
  }
};

/** No two hosts of one name, and no machine twice. */
const requireUnique = (parsed: Parsed, hosts: readonly Host[]): void => {
  const seen = new Map<string, number>();
  for (const [index, { name, host, port }] of hosts.entries())
    for (const [key, word] of [
      ['name', `name '${name}'`],
      ['host', `host '${host}${port === undefined ? '' : `:${port}`}'`],
    ] as const) {
      const first = seen.get(word);
      if (first !== undefined)
        throw usageError(
          `${placeAt(parsed, offsetOf(parsed, ['hosts', index, key]))}: ${word} is there twice, first as hosts[${first}]`,
        );
      seen.set(word, index);
    }
};

/** An inventory from its text; a usage error names file and line. */
export const parseInventory = (file: string, text: string): Inventory => {
  const parsed = parse(file, text);
  const checked = inventoryShape.safeParse(contentOf(parsed));
  if (!checked.success) throw explain(parsed, checked.error.issues[0] as z.core.$ZodIssue);
  const hosts = checked.data.hosts.map((host, index) => ({
    ...host,
    name: host.name ?? `n${index + 1}`,
  }));
  requireUnique(parsed, hosts);
  return {
    ...checked.data,
    hosts,
    file: resolve(file),
    placeOf: (path) => placeAt(parsed, offsetOf(parsed, path)),
  };
};

/** Reads it; a usage error when it cannot be read, or names file and line when it is wrong. */
export const readInventory = async (file: string): Promise<Inventory> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw usageError(`cannot read the inventory: ${messageOf(cause)}`);
  });
  return parseInventory(file, text);
};
