// One stream of events about a run: what live reporters observe. Reporters never call the runner.
import type { Verdict } from '../checker/verdict.ts';
import type { Op } from '../history/op.ts';
import type { LedgerEntry } from './faults.ts';

export const phases = [
  'provision',
  'install',
  'run',
  'heal',
  'final',
  'logs',
  'teardown',
  'check',
  'report',
] as const;
export type Phase = (typeof phases)[number];

export type RunEvent =
  | {
      readonly type: 'begin';
      readonly name: string;
      readonly folder: string;
      readonly seed: number;
      readonly repeat: string;
      readonly plannedSeconds: number;
    }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'progress'; readonly message: string; readonly node?: string }
  | { readonly type: 'warning'; readonly message: string; readonly node?: string }
  | { readonly type: 'op'; readonly op: Op }
  | { readonly type: 'fault'; readonly entry: LedgerEntry }
  | { readonly type: 'verdict'; readonly checker: string; readonly verdict: Verdict }
  | {
      readonly type: 'end';
      readonly result: RunResult;
      /** Whether `report.html` was written. */
      readonly isReported: boolean;
    };

/** How a run ended; `verdict.json` is this record. */
export type RunResult = {
  readonly valid: Verdict['valid'];
  readonly exitCode: number;
  readonly checkers: { readonly [name: string]: Verdict };
  /** Why the exit code is not the checkers' own: not healed, infrastructure, interrupted … one sentence. */
  readonly reason?: string;
  readonly healed: boolean;
};

export type Reporter = { onEvent(event: RunEvent): void };
