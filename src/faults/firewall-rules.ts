// What the firewall backends have in common: the rules of one fault on one node, and how a backend is spoken to.
import { isIPv6 } from 'node:net';
import type { Command } from '../contract/faults.ts';
import type { Node } from '../contract/node.ts';
import type { ExecResult } from '../contract/remote.ts';

/** What one node drops for one fault. */
export type Rules = {
  /** Of the table or chain that holds nothing but this fault. */
  readonly tag: string;
  readonly id: string;
  /** Written beside every rule, for whoever finds it. */
  readonly comment: string;
  /** Addresses that are never dropped: the controller's. */
  readonly open: readonly string[];
  /** Source addresses whose packets are dropped. */
  readonly drop: readonly string[];
};

/** One way to drop packets. Each fault gets a table or chain of its own, so healing is removing it whole. */
export type Backend = {
  readonly name: string;
  /** Why it cannot be used on this node; undefined when it can. Leaves no rule behind. */
  unusable(node: Node): Promise<string | undefined>;
  inject(rules: Rules): readonly Command[];
  /** Idempotent: healing what is healed succeeds. */
  heal(rules: Pick<Rules, 'tag' | 'id'>): readonly Command[];
  /** Packets dropped by source address; undefined when the fault's rules are not there. */
  drops(
    node: Node,
    rules: Pick<Rules, 'tag' | 'id'>,
  ): Promise<ReadonlyMap<string, number> | undefined>;
  /** Removes everything of ours but what belongs to the tags in `keep`; resolves with the names removed. */
  sweep(node: Node, keep: ReadonlySet<string>): Promise<readonly string[]>;
};

/** Firewall tools live where an SSH session's PATH may not reach. */
const env = { PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin' };

/** Runs a firewall tool as root; a non-zero exit is returned, not thrown. */
export const runTool = (node: Node, argv: readonly string[], stdin?: string): Promise<ExecResult> =>
  node.remote.exec(argv, {
    sudo: true,
    check: false,
    env,
    timeoutMs: 20_000,
    ...(stdin === undefined ? {} : { stdin }),
  });

export type Family = 4 | 6;
export const families: readonly Family[] = [4, 6];

/** The addresses of one family, without the `%interface` of link-local ones, each once. */
export const ofFamily = (addresses: readonly string[], family: Family): readonly string[] => [
  ...new Set(
    addresses
      .map((address) => address.replace(/%.*$/, ''))
      .filter((address) => isIPv6(address) === (family === 6)),
  ),
];

/** First line of what a tool complained. */
export const complaint = (result: ExecResult): string =>
  (result.stderr.trim() || result.stdout.trim() || `exit ${result.exitCode}`).split('\n')[0] ?? '';
