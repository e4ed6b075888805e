// What a caller may ask of a check.

export type CheckOptions = {
  readonly workload: 'list-append' | 'rw-register';
  /** Models the history should satisfy, by any of their names. Absent: strict-serializable; null: none. */
  readonly consistencyModels?: readonly string[] | null;
  /** Further anomalies to report; each brings along those that imply it. Unknown names are ignored, as in Elle. */
  readonly anomalies?: readonly string[];
  /** Registers: each key by itself is linearizable. */
  readonly linearizableKeys?: boolean;
  /** Registers: each key by itself is sequentially consistent. */
  readonly sequentialKeys?: boolean;
  /** Registers: within a transaction, a write follows the value read before it. */
  readonly wfrKeys?: boolean;
  /** Registers: completion index → place in an order in which writes took effect. */
  readonly transactionOrder?: Readonly<Record<string, number>>;
  /** Orders to add to the graph, whether or not the models need them. */
  readonly additionalGraphs?: readonly ('process' | 'realtime')[];
  /**
   * Registers: also count what Elle does not see: reads of values nobody wrote, and writes of crashed transactions
   * that were read and therefore happened. Off by default, so that verdicts are Elle's.
   */
  readonly beyondElle?: boolean;
  /** Edges that may be looked at for one kind of cycle in one component; more only matters for huge components. */
  readonly work?: number;
};
