// A machine (or something that looks like one) of the cluster under test.
import type { Remote } from './remote.ts';

export type Node = {
  /** Unique in the cluster, e.g. `n1`. */
  readonly name: string;
  /** Address on which nodes and clients reach it. */
  readonly address: string;
  /** Every address of it, IPv4 and IPv6: what a partition has to cut. */
  readonly addresses: readonly string[];
  readonly remote: Remote;
  /** What the user says it is part of, e.g. `db`. */
  readonly tier?: string;
  /** What else the user says of it, e.g. zone and rack. */
  readonly labels?: Readonly<Record<string, string>>;
};
