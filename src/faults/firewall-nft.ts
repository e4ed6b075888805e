// The nftables backend: one table per fault, hooked before connection tracking, removed whole.
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

const source = { 4: 'ip saddr', 6: 'ip6 saddr' } as const satisfies Record<Family, string>;
const setType = { 4: 'ipv4_addr', 6: 'ipv6_addr' } as const satisfies Record<Family, string>;

const tableOf = ({ tag, id }: Pick<Rules, 'tag' | 'id'>): string => `ordeal_${tag}_${id}`;

/** Adding first makes the deletion succeed whether the table was there or not; nft does both or neither. */
const removal = (table: string): string => `add table inet ${table}\ndelete table inet ${table}\n`;

const tableText = (rules: Rules): string => {
  const lines = families.flatMap((family) => {
    const drop = ofFamily(rules.drop, family);
    if (drop.length === 0) return [];
    const set = `{ type ${setType[family]}; counter; elements = { ${drop.join(', ')} }; }`;
    return [`  set drop${family} ${set}`];
  });
  return [`table inet ${tableOf(rules)} {`, ...lines, ...chainLines(rules), '}', ''].join('\n');
};

const chainLines = (rules: Rules): readonly string[] => {
  const comment = `comment "${rules.comment}"`;
  const accepts = families.flatMap((family) => {
    const open = ofFamily(rules.open, family);
    return open.length === 0
      ? []
      : [`    ${source[family]} { ${open.join(', ')} } accept ${comment}`];
  });
  const drops = families
    .filter((family) => ofFamily(rules.drop, family).length > 0)
    .map((family) => `    ${source[family]} @drop${family} counter drop ${comment}`);
  return [
    '  chain hear {',
    '    type filter hook prerouting priority -300; policy accept;',
    ...accepts,
    // Without neighbour discovery a one-way cut would silence both ways. (ARP does not pass here.)
    `    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept ${comment}`,
    ...drops,
    '  }',
  ];
};

/** Everything a table of ours uses, made and unmade in one transaction. */
const trial = (): string => {
  const rules: Rules = {
    tag: '00000000',
    id: 'trial',
    comment: 'ordeal trial',
    open: ['192.0.2.1', '2001:db8::1'],
    drop: ['192.0.2.2', '2001:db8::2'],
  };
  return `${tableText(rules)}delete table inet ${tableOf(rules)}\n`;
};

const listTables = async (node: Node): Promise<readonly string[]> => {
  const result = await runTool(node, ['nft', 'list', 'tables', 'inet']);
  if (result.exitCode !== 0) return [];
  return result.stdout.split('\n').map((line) => line.replace(/^table inet /, '').trim());
};

export const nft: Backend = {
  name: 'nft',
  unusable: async (node) => {
    const result = await runTool(node, ['nft', '-f', '-'], trial());
    return result.exitCode === 0 ? undefined : complaint(result);
  },
  inject: (rules) => [
    { argv: ['nft', '-f', '-'], stdin: `${removal(tableOf(rules))}${tableText(rules)}` },
  ],
  heal: (rules) => [{ argv: ['nft', '-f', '-'], stdin: removal(tableOf(rules)) }],
  drops: async (node, rules) => {
    const result = await runTool(node, ['nft', '-j', 'list', 'table', 'inet', tableOf(rules)]);
    if (result.exitCode === 0) return readCounters(result.stdout);
    if (result.stderr.includes('No such file')) return undefined;
    throw new Error(`nft could not list its rules: ${complaint(result)}`);
  },
  sweep: async (node, keep) => {
    const ours = (await listTables(node)).filter((table) => {
      const tag = /^ordeal_([0-9a-f]{8})_/.exec(table)?.[1];
      return tag !== undefined && !keep.has(tag);
    });
    if (ours.length === 0) return [];
    const result = await runTool(node, ['nft', '-f', '-'], ours.map(removal).join(''));
    if (result.exitCode !== 0) throw new Error(`nft could not remove: ${complaint(result)}`);
    return ours.map((table) => `table inet ${table}`);
  },
};

/** The packets that each element of the sets caught, from nft's JSON. */
const readCounters = (json: string): ReadonlyMap<string, number> => {
  const { nftables } = JSON.parse(json) as NftListing;
  const elements = nftables.flatMap((item) => item.set?.elem ?? []);
  return new Map(elements.map(({ elem }) => [elem.val, elem.counter?.packets ?? 0]));
};
type NftListing = {
  readonly nftables: readonly {
    readonly set?: {
      readonly elem?: readonly {
        readonly elem: { readonly val: string; readonly counter?: { readonly packets: number } };
      }[];
    };
  }[];
};
