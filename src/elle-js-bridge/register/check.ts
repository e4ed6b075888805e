// The register check: columns, anomalies of single reads and keys, version orders, dependencies.
import type { Analysis } from '../analysis.ts';
import { bits } from '../graph/relations.ts';
import { isError } from '../history/errors.ts';
import type { Source } from '../history/source.ts';
import type { Transactions } from '../history/transactions.ts';
import type { CheckOptions } from '../options.ts';
import type { CheckError, Finding } from '../result.ts';
import {
  abortedReads,
  garbageReads,
  intermediateReads,
  internalAnomalies,
  lostUpdates,
} from './anomalies.ts';
import { registerDependencies } from './dependencies.ts';
import { explainRegister } from './explain.ts';
import { readRegisters } from './load.ts';
import { findUsers } from './users.ts';
import { orderVersions } from './versions.ts';

const warningsAbout = (garbage: readonly Finding[]): string[] =>
  garbage.length === 0
    ? []
    : [
        `${garbage.length} reads returned a value nobody wrote; beyondElle counts them as garbage-read`,
      ];

export const analyzeRegisters = (
  source: Source,
  txns: Transactions,
  options: CheckOptions,
): Analysis | CheckError => {
  const beyondElle = options.beyondElle === true;
  const table = readRegisters(source, txns, beyondElle);
  if (isError(table)) return table;
  const users = findUsers(table);
  if (isError(users)) return users;
  const { layout, cyclic } = orderVersions(table, options);
  const garbage = garbageReads(table);
  return {
    findings: {
      G1a: abortedReads(table),
      G1b: intermediateReads(table),
      internal: internalAnomalies(table),
      'lost-update': lostUpdates(table),
      'cyclic-versions': cyclic,
      'garbage-read': beyondElle ? garbage : [],
    },
    graph: registerDependencies(table, users, layout),
    explain: ({ a, b }, bit) => explainRegister(table, layout, { a, b, bit }),
    priority: [bits.wr, bits.ww, bits.rw],
    warnings: beyondElle ? [] : warningsAbout(garbage),
  };
};
