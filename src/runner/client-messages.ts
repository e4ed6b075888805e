// What the run and its client threads tell one another. Everything is structured-cloneable.
import type { OptionValues } from '../contract/options.ts';
import type { Op } from '../history/op.ts';

/** A node without its remote: client threads have no sessions on nodes. */
export type PlainNode = {
  readonly name: string;
  readonly address: string;
  readonly addresses: readonly string[];
};

/** What a client thread needs to make the client prototype by itself. */
export type ClientThreadData = {
  /** URL of the module that exports `system`. */
  readonly system: string;
  readonly vocabulary: string;
  readonly nodes: readonly PlainNode[];
  readonly options: OptionValues;
};

/** `id` names a call, `client` an opened client. */
export type ToThread =
  | { readonly kind: 'open'; readonly id: number; readonly node: string }
  | { readonly kind: 'invoke'; readonly id: number; readonly client: number; readonly op: Op }
  | { readonly kind: 'setup' | 'teardown' | 'close'; readonly id: number; readonly client: number }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'interrupt' };

export type ThrownText = {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
};

export type FromThread =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'thrown'; readonly id: number; readonly error: ThrownText }
  /** The thread is alive and has told the operation to stop. */
  | { readonly kind: 'aborting'; readonly id: number }
  | { readonly kind: 'log'; readonly message: string; readonly node?: string }
  | { readonly kind: 'stray'; readonly message: string };
