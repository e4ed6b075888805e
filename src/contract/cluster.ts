// Where nodes come from: clusters the tool builds by itself, or hosts of the user's.
import type { Node } from './node.ts';

export type Cluster = {
  readonly name: string;
  /** The provider's name, e.g. `netns`. */
  readonly kind: string;
  readonly nodes: readonly Node[];
  /** Addresses of the controller as the nodes see it: never cut, never dropped. */
  readonly controllerAddresses: readonly string[];
  /** Closes the sessions; the cluster stays. */
  close(): Promise<void>;
  /** Removes every trace of the cluster. Idempotent. */
  down(): Promise<void>;
};

export type ClusterInfo = {
  readonly name: string;
  readonly kind: string;
  readonly nodes: readonly string[];
  /** ISO time. */
  readonly createdAt: string;
  /** The process that made it, and whether it is still alive. */
  readonly owner: { readonly pid: number; readonly alive: boolean };
};

/** `off` is a loss of power: what was not synced is gone. A paused node does nothing and forgets nothing. */
export type PowerAction = 'off' | 'on' | 'pause' | 'resume';

export type ClusterProvider = {
  readonly kind: string;
  readonly about: string;
  /** Its nodes are there whether the tool knows of them or not, with whatever a run left on them; `list` shows none. */
  readonly isGiven?: boolean;
  up(options: {
    readonly name: string;
    readonly nodeCount: number;
    /** Memory of each node, for kinds whose nodes have kernels of their own; the kind's default unless told. */
    readonly memoryMiB?: number;
    readonly onProgress?: (message: string) => void;
    readonly signal?: AbortSignal;
  }): Promise<Cluster>;
  /** Opens sessions to a cluster that is up. */
  attach(name: string): Promise<Cluster>;
  list(): Promise<readonly ClusterInfo[]>;
  /** Removes every trace, also of a half-built or orphaned one. Idempotent. */
  down(name: string): Promise<void>;
  /** The argument vector that opens a shell on a node. */
  sshCommand?(name: string, node: string): Promise<readonly [file: string, ...args: string[]]>;
  /** Acts on a whole node, where nodes are machines of their own; resolves when it is so (`on`: when sshd answers). */
  power?(name: string, node: string, action: PowerAction): Promise<void>;
  /** Path of the file with what the node's kernel and init said. */
  consoleLog?(name: string, node: string): Promise<string>;
};
