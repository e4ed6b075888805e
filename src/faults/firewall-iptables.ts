// The iptables backends, for nodes without nftables: one chain per fault and family, entered from position 1.
import type { Command } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import {
  type Backend,
  complaint,
  type Family,
  families,
  ofFamily,
  type Rules,
  runTool,
} from './firewall-rules.ts';

/** Where the chain hangs: raw is before connection tracking; filter is there when raw is not compiled in. */
export type Hook =
  | { readonly table: 'raw'; readonly chain: 'PREROUTING' }
  | { readonly table: 'filter'; readonly chain: 'INPUT' };
type Tool = 'iptables' | 'iptables-legacy';
type Place = { readonly tool: Tool; readonly hook: Hook };

/** Seconds to wait for another program that holds the xtables lock. */
const wait = ['-w', '5'] as const;

const binary = (tool: Tool, family: Family): string =>
  family === 4 ? tool : tool.replace('iptables', 'ip6tables');
const chainOf = ({ tag, id }: Pick<Rules, 'tag' | 'id'>): string => `ORDEAL-${tag}-${id}`;

/** RETURN, not ACCEPT: what the machine's own rules say of these packets still counts. */
const chainText = (rules: Rules, hook: Hook, family: Family): string => {
  const chain = chainOf(rules);
  const comment = `-m comment --comment "${rules.comment}"`;
  const discovery = [135, 136].map(
    (type) => `-A ${chain} -p ipv6-icmp -m icmp6 --icmpv6-type ${type} ${comment} -j RETURN`,
  );
  return [
    `*${hook.table}`,
    `:${chain} - [0:0]`,
    ...ofFamily(rules.open, family).map((a) => `-A ${chain} -s ${a} ${comment} -j RETURN`),
    ...(family === 6 ? discovery : []),
    ...ofFamily(rules.drop, family).map((a) => `-A ${chain} -s ${a} ${comment} -j DROP`),
    // No comment on the jump: it is deleted by what it says, never by its number.
    `-I ${hook.chain} 1 -j ${chain}`,
    'COMMIT',
    '',
  ].join('\n');
};

/** Takes away every jump to the chain, then the chain; succeeds when it is gone (`-S` of no chain exits 1). */
const removal = [
  'while "$1" -w 5 -t "$2" -D "$3" -j "$4" 2>/dev/null; do :; done',
  '"$1" -w 5 -t "$2" -F "$4" 2>/dev/null',
  '"$1" -w 5 -t "$2" -X "$4" 2>/dev/null',
  '"$1" -w 5 -t "$2" -S "$4" >/dev/null 2>&1',
  '[ $? -eq 1 ]',
].join('; ');

const removeChain = ({ tool, hook }: Place, chain: string, family: Family): Command => ({
  argv: ['sh', '-c', removal, 'sh', binary(tool, family), hook.table, hook.chain, chain],
});

const tryOut = async (node: Node, place: Place, family: Family): Promise<string | undefined> => {
  const rules: Rules = {
    tag: '00000000',
    id: 'trial',
    comment: 'ordeal trial',
    open: [],
    drop: ['192.0.2.2', '2001:db8::2'],
  };
  const chain = chainOf(rules);
  // Unmade in the transaction that makes it: the trial is never in force.
  const text = chainText(rules, place.hook, family)
    .replace(/^-I .*\n/m, '')
    .replace('COMMIT', `-F ${chain}\n-X ${chain}\nCOMMIT`);
  const argv = [`${binary(place.tool, family)}-restore`, '-n', ...wait];
  const result = await runTool(node, argv, text);
  return result.exitCode === 0 ? undefined : complaint(result);
};

const readDrops = async (
  node: Node,
  place: Place,
  options: { readonly chain: string; readonly family: Family },
): Promise<ReadonlyMap<string, number> | undefined> => {
  const tool = binary(place.tool, options.family);
  const argv = [tool, ...wait, '-t', place.hook.table, '-v', '-S', options.chain];
  const result = await runTool(node, argv);
  if (result.exitCode === 1) return undefined;
  if (result.exitCode !== 0) throw new Error(`${tool} could not list: ${complaint(result)}`);
  const drops = result.stdout.split('\n').flatMap((line): [string, number][] => {
    const found = / -s ([^ /]+).* -c (\d+) \d+ -j DROP$/.exec(line);
    return found === null ? [] : [[found[1]!, Number(found[2])]];
  });
  return new Map(drops);
};

/** Chains of ours in one family's table; the table is not asked for when it was never loaded, because asking loads it. */
const ourChains = async (node: Node, place: Place, family: Family): Promise<readonly string[]> => {
  if (place.tool === 'iptables-legacy') {
    const proc = family === 4 ? '/proc/net/ip_tables_names' : '/proc/net/ip6_tables_names';
    const loaded = await runTool(node, ['cat', proc]);
    if (!loaded.stdout.split('\n').includes(place.hook.table)) return [];
  }
  const argv = [binary(place.tool, family), ...wait, '-t', place.hook.table, '-S'];
  const result = await runTool(node, argv);
  if (result.exitCode !== 0) return [];
  return result.stdout.split('\n').flatMap((line) => /^-N (ORDEAL-\S+)$/.exec(line)?.[1] ?? []);
};

const sweep = async (
  node: Node,
  place: Place,
  keep: ReadonlySet<string>,
): Promise<readonly string[]> => {
  const removed: string[] = [];
  for (const family of families) {
    for (const chain of await ourChains(node, place, family)) {
      if (keep.has(chain.slice('ORDEAL-'.length, 'ORDEAL-'.length + 8))) continue;
      const result = await runTool(node, removeChain(place, chain, family).argv);
      if (result.exitCode !== 0) throw new Error(`could not remove ${chain}: ${complaint(result)}`);
      removed.push(`${binary(place.tool, family)} chain ${chain}`);
    }
  }
  return removed;
};

/** A backend for one tool and one place in its tables. */
export const iptables = (tool: Tool, hook: Hook): Backend => {
  const place: Place = { tool, hook };
  return {
    name: `${tool} ${hook.table}`,
    unusable: async (node) => (await tryOut(node, place, 4)) ?? (await tryOut(node, place, 6)),
    inject: (rules) =>
      families
        .filter((family) => ofFamily(rules.drop, family).length > 0)
        .map((family) => ({
          argv: [`${binary(tool, family)}-restore`, '-n', ...wait],
          stdin: chainText(rules, hook, family),
        })),
    heal: (rules) => families.map((family) => removeChain(place, chainOf(rules), family)),
    drops: async (node, rules) => {
      const chain = chainOf(rules);
      const found = await Promise.all(
        families.map((family) => readDrops(node, place, { chain, family })),
      );
      const there = found.filter((drops) => drops !== undefined);
      return there.length === 0 ? undefined : new Map(there.flatMap((drops) => [...drops]));
    },
    sweep: (node, keep) => sweep(node, place, keep),
  };
};
