// The tables of consistency models and anomalies: what implies what, and which model forbids which anomaly (Elle's data).

/** A consistency model, under its canonical name. */
export type ModelRow = {
  /** Names users know it by; the first is the one we print. */
  readonly friendly: readonly string[];
  /** Weaker models it implies directly. */
  readonly implies: readonly string[];
  /** Anomalies it forbids directly; those implied by the models it implies come on top. */
  readonly forbids: readonly string[];
  /** What this model means for the people who use the database. */
  readonly sentence: string;
};

export const models: Readonly<Record<string, ModelRow>> = {
  '1SR': {
    friendly: [],
    implies: [],
    forbids: [],
    sentence:
      'Copies of the data behave as one copy, and transactions on it as if run one at a time.',
  },
  'PL-1': {
    friendly: ['read-uncommitted'],
    implies: [],
    // `garbage-read` is ours: Elle has no name for a value that nobody wrote.
    forbids: ['G0', 'PL-1-cycle-exists', 'cyclic-versions', 'duplicate-elements', 'garbage-read'],
    sentence:
      'Writes of two transactions are not interleaved; you may still read data that is later rolled back.',
  },
  'PL-2': {
    friendly: ['read-committed'],
    implies: ['PL-1'],
    forbids: ['G1', 'PL-2-cycle-exists'],
    sentence:
      'You only read data that was committed, never an intermediate state; it may change between two reads of yours.',
  },
  'PL-2+': {
    friendly: ['consistent-view'],
    implies: ['PL-2L', 'PL-CS'],
    forbids: ['G-single', 'G1'],
    sentence:
      'All you read fits one consistent state of the database, though transactions with several writers may still be out of order.',
  },
  'PL-2.99': {
    friendly: ['repeatable-read'],
    implies: ['PL-CS', 'monotonic-atomic-view'],
    forbids: ['G1', 'G2-item', 'PL-2.99-cycle-exists', 'lost-update'],
    sentence:
      'What you read does not change until you commit, and nobody overwrites it; new rows may appear in a search.',
  },
  'PL-2L': {
    friendly: ['monotonic-view'],
    implies: ['PL-2'],
    forbids: ['G-monotonic', 'G1'],
    sentence: 'Your view of the database only moves forward within a transaction.',
  },
  'PL-3': {
    friendly: ['serializable', 'conflict-serializable'],
    implies: ['PL-2.99', 'PL-3U', 'PL-SI', 'view-serializable'],
    forbids: ['G1', 'G2', 'PL-3-cycle-exists', 'internal', 'predicate-read-miss'],
    sentence: 'The outcome is as if transactions had run one at a time, in some order.',
  },
  'PL-3U': {
    friendly: ['update-serializable'],
    implies: ['PL-FCV'],
    forbids: ['G-update', 'G1'],
    sentence:
      'Transactions that write are serializable; readers see a consistent state, but two readers may see different orders.',
  },
  'PL-CS': {
    friendly: ['cursor-stability'],
    implies: ['PL-2'],
    forbids: ['G-cursor', 'G1', 'lost-update'],
    sentence:
      'A row you read and then write was not changed by anyone in between: no lost updates.',
  },
  'PL-FCV': {
    friendly: ['forward-consistent-view'],
    implies: ['PL-2+'],
    forbids: ['G-SIb', 'G1'],
    sentence:
      'You read one consistent state, perhaps a little newer than the start of your transaction.',
  },
  'PL-MSR': {
    friendly: ['monotonic-snapshot-read'],
    implies: ['PL-2'],
    forbids: ['G-MSR', 'G1'],
    sentence: 'Each read comes from a snapshot, and the snapshots only move forward.',
  },
  'PL-SI': {
    friendly: ['snapshot-isolation'],
    implies: ['PL-FCV', 'PL-MSR', 'monotonic-atomic-view', 'parallel-snapshot-isolation', 'prefix'],
    forbids: ['G-SI', 'G-nonadjacent', 'G1', 'PL-SI-cycle-exists', 'internal'],
    sentence:
      'You read one snapshot and never lose an update to it, but two transactions may each rely on what the other changes (write skew).',
  },
  'PL-SS': {
    friendly: ['strong-serializable', 'strict-serializable'],
    implies: [
      'PL-3',
      'PL-SI',
      'linearizable',
      'session-serializable',
      'strong-session-serializable',
      'strong-snapshot-isolation',
    ],
    forbids: ['G1', 'G1c-realtime', 'G2-realtime', 'PL-SS-cycle-exists'],
    sentence:
      'Transactions run as if one at a time, in an order that respects the clock: once a commit is acknowledged, everyone sees it.',
  },
  PRAM: {
    friendly: [],
    implies: ['monotonic-reads', 'monotonic-writes', 'read-your-writes'],
    forbids: [],
    sentence:
      "Each session's own operations are seen in order; different sessions may be seen in different orders.",
  },
  causal: {
    friendly: [],
    implies: ['PRAM', 'writes-follow-reads'],
    forbids: [],
    sentence:
      'Nobody sees an answer before its question: what a session read or wrote comes before what it does next, for everyone.',
  },
  'causal-cerone': {
    friendly: [],
    implies: ['read-atomic'],
    forbids: ['G1a', 'internal'],
    sentence:
      "A transaction sees another's writes all or not at all, together with everything those writes depended on.",
  },
  linearizable: {
    friendly: [],
    implies: ['sequential'],
    forbids: [],
    sentence:
      'Each single operation takes effect at one moment between its call and its return, and everyone agrees on the order.',
  },
  'monotonic-atomic-view': {
    friendly: [],
    implies: ['PL-2'],
    forbids: [],
    sentence:
      'Once you see one effect of a transaction, you see all its other effects for the rest of yours.',
  },
  'monotonic-reads': {
    friendly: [],
    implies: [],
    forbids: [],
    sentence: 'Within a session, reading again never shows an older state than before.',
  },
  'monotonic-writes': {
    friendly: [],
    implies: [],
    forbids: [],
    sentence: 'The writes of one session are seen by everyone in the order it made them.',
  },
  'parallel-snapshot-isolation': {
    friendly: [],
    implies: ['causal-cerone', 'update-atomic'],
    forbids: ['G1a', 'internal'],
    sentence:
      'You read from a snapshot and lose no update, but two sites may disagree for a while on the order of unrelated transactions.',
  },
  prefix: {
    friendly: [],
    implies: ['causal-cerone'],
    forbids: ['G1a', 'internal'],
    sentence: 'Your snapshot holds the first so many transactions of one order that all agree on.',
  },
  'read-atomic': {
    friendly: [],
    implies: ['monotonic-atomic-view'],
    forbids: ['G1a', 'future-read', 'internal'],
    sentence: 'You see all writes of a transaction or none of them.',
  },
  'read-your-writes': {
    friendly: [],
    implies: [],
    forbids: [],
    sentence: 'You always see what you wrote yourself.',
  },
  sequential: {
    friendly: [],
    implies: ['causal'],
    forbids: [],
    sentence:
      "All operations fit one order that keeps each session's own order, but may lag behind the clock.",
  },
  'session-serializable': {
    friendly: [],
    implies: ['1SR'],
    forbids: [],
    sentence: "Serializable within each session's own order of transactions.",
  },
  'strong-PL-1': {
    friendly: ['strong-read-uncommitted'],
    implies: ['strong-session-PL-1'],
    forbids: ['G0-realtime', 'strong-PL-1-cycle-exists'],
    sentence: 'Read uncommitted, and later writes by the clock do not end up before earlier ones.',
  },
  'strong-PL-2': {
    friendly: ['strong-read-committed'],
    implies: ['strong-PL-1', 'strong-session-PL-2'],
    forbids: ['G1c-realtime', 'strong-PL-2-cycle-exists'],
    sentence: 'Read committed, and once a commit is acknowledged nobody reads or writes behind it.',
  },
  'strong-session-PL-1': {
    friendly: ['strong-session-read-uncommitted'],
    implies: ['PL-1'],
    forbids: ['G0-process', 'strong-session-PL-1-cycle-exists'],
    sentence: "Read uncommitted, and a session's writes keep their own order.",
  },
  'strong-session-PL-2': {
    friendly: ['strong-session-read-committed'],
    implies: ['PL-2', 'strong-session-PL-1'],
    forbids: ['G1c-process', 'strong-session-PL-2-cycle-exists'],
    sentence: 'Read committed, and a session never goes back behind what it did before.',
  },
  'strong-session-serializable': {
    friendly: [],
    implies: ['PL-3', 'strong-session-snapshot-isolation'],
    forbids: ['G1-process', 'G2-process', 'strong-session-serializable-cycle-exists'],
    sentence:
      'Serializable, in an order in which every session sees its own transactions in the order it made them.',
  },
  'strong-session-snapshot-isolation': {
    friendly: [],
    implies: ['PL-SI', 'strong-session-PL-2'],
    forbids: [
      'G-nonadjacent-process',
      'G1-process',
      'internal',
      'strong-session-snapshot-isolation-cycle-exists',
    ],
    sentence:
      'Snapshot isolation whose snapshots hold at least everything the same session did before.',
  },
  'strong-snapshot-isolation': {
    friendly: [],
    implies: ['strong-PL-2', 'strong-session-snapshot-isolation'],
    forbids: [
      'G-nonadjacent-realtime',
      'G1-realtime',
      'internal',
      'strong-snapshot-isolation-cycle-exists',
    ],
    sentence:
      'Snapshot isolation whose snapshots hold everything acknowledged before the transaction began.',
  },
  'update-atomic': {
    friendly: [],
    implies: ['read-atomic'],
    forbids: ['lost-update'],
    sentence: 'You see all writes of a transaction or none, and updates are not lost.',
  },
  'view-serializable': {
    friendly: [],
    implies: [],
    forbids: [],
    sentence:
      'Every transaction reads what it would have read if transactions had run one at a time.',
  },
  'writes-follow-reads': {
    friendly: [],
    implies: [],
    forbids: [],
    sentence: 'A write made after reading something is ordered after what was read, for everyone.',
  },
};

/** Anomaly → anomalies whose presence follows from it, directly. */
export const impliedAnomalies: Readonly<Record<string, readonly string[]>> = {
  'G-MSR': [],
  'G-SI': [],
  'G-SIb': [],
  'G-cursor': [],
  'G-monotonic': [],
  'G-single-item': ['G-nonadjacent-item', 'G-single', 'G-single-item-process'],
  'G-update': [],
  G0: ['G0-process', 'G1c'],
  G1b: ['G1'],
  GSIa: ['GSI'],
  'PL-1-cycle-exists': [],
  'PL-2-cycle-exists': [],
  'PL-2.99-cycle-exists': [],
  'PL-3-cycle-exists': [],
  'PL-SI-cycle-exists': [],
  'PL-SS-cycle-exists': [],
  'cyclic-versions': [],
  'dirty-update': ['G1a'],
  'duplicate-elements': [],
  'future-read': ['G1c'],
  'incompatible-order': ['G1a'],
  'garbage-read': [],
  internal: [],
  'lost-update': ['G2-item', 'write-skew'],
  'predicate-read-miss': [],
  'strong-PL-1-cycle-exists': [],
  'strong-PL-2-cycle-exists': [],
  'strong-session-PL-1-cycle-exists': [],
  'strong-session-PL-2-cycle-exists': [],
  'strong-session-serializable-cycle-exists': [],
  'strong-session-snapshot-isolation-cycle-exists': [],
  'strong-snapshot-isolation-cycle-exists': [],
  'G-nonadjacent-item': ['G-nonadjacent', 'G-nonadjacent-item-process', 'G2-item'],
  'G-single-item-process': [
    'G-nonadjacent-item-process',
    'G-single-item-realtime',
    'G-single-process',
  ],
  G1a: ['G1'],
  G1c: ['G1', 'G1c-process'],
  'write-skew': ['G2'],
  'G-nonadjacent-item-process': [
    'G-nonadjacent-item-realtime',
    'G-nonadjacent-process',
    'G2-item-process',
  ],
  'G-single': ['G-nonadjacent', 'G-single-process', 'GSIb'],
  'G-single-item-realtime': ['G-nonadjacent-item-realtime', 'G-single-realtime'],
  G1: ['G1-process'],
  'G2-item': ['G2', 'G2-item-process'],
  'G-nonadjacent': ['G-nonadjacent-process', 'G2'],
  'G-nonadjacent-item-realtime': ['G-nonadjacent-realtime', 'G2-item-realtime'],
  GSIb: ['GSI'],
  G2: ['G2-process'],
  GSI: [],
  'G0-process': ['G0-realtime', 'G1c-process'],
  'G1c-process': ['G1-process', 'G1c-realtime'],
  'G-single-process': ['G-nonadjacent-process', 'G-single-realtime'],
  'G1-process': ['G1-realtime'],
  'G2-item-process': ['G2-item-realtime', 'G2-process'],
  'G-nonadjacent-process': ['G-nonadjacent-realtime', 'G2-process'],
  'G2-process': ['G2-realtime'],
  'G0-realtime': ['G1c-realtime'],
  'G1c-realtime': ['G1-realtime'],
  'G-single-realtime': ['G-nonadjacent-realtime'],
  'G1-realtime': [],
  'G2-item-realtime': ['G2-realtime'],
  'G-nonadjacent-realtime': ['G2-realtime'],
  'G2-realtime': [],
};
