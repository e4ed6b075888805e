// A system under test: how to install, run and break it, and its clients by vocabulary.
import type { Client } from './client.ts';
import type { Node } from './node.ts';
import type { OptionSpecs, OptionValues } from './options.ts';

/** What a system's functions are told about the run. */
export type SystemContext = {
  readonly nodes: readonly Node[];
  readonly options: OptionValues;
  readonly log: (message: string, node?: string) => void;
  readonly signal: AbortSignal;
};
type OnNode = (node: Node, context: SystemContext) => Promise<void>;

/** Only what exists is declared; faults are offered accordingly. Everything is idempotent. */
export type System = {
  readonly about: string;
  readonly options?: OptionSpecs;
  /** Debian packages that `install` needs on the nodes. */
  readonly packages?: readonly string[];
  /** The most nodes it can run on, e.g. 1 for a system that does not replicate; any number unless told. */
  readonly maxNodes?: number;
  readonly install?: OnNode;
  readonly start: OnNode;
  /** Resolves when the system serves on this node; throws when it never does. */
  readonly ready?: OnNode;
  readonly stop?: OnNode;
  /** `kill -9` of the system's processes. */
  readonly kill?: OnNode;
  readonly pause?: OnNode;
  readonly resume?: OnNode;
  /** Deletes the system's data (it is stopped). */
  readonly wipe?: OnNode;
  /** Absolute paths on the node. */
  readonly logFiles?: (node: Node, context: SystemContext) => readonly string[];
  /** Names of the nodes that believe to be leader or primary now; best effort. */
  readonly primaries?: (context: SystemContext) => Promise<readonly string[]>;
  /** Names of the current members as the system sees them. */
  readonly members?: (context: SystemContext) => Promise<readonly string[]>;
  /** Version as the installed program tells it. */
  readonly version?: (node: Node, context: SystemContext) => Promise<string>;
  /** Makes a client prototype, by vocabulary, e.g. `register`. */
  readonly clients: { readonly [vocabulary: string]: (context: SystemContext) => Client };
};
