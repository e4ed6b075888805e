// How far the times in a history can be trusted: what the controller itself added to them.

export type RunTiming = {
  /** Invocations in the history. */
  readonly invocations: number;
  /** How late the controller's event loop looked at things, milliseconds: the longest, and what 1 look in 100 exceeded. */
  readonly lagMaxMs: number;
  readonly lagP99Ms: number;
  /** Invocations that began more than `lateAfterMs` after the time they were planned for, and the latest of them. */
  readonly lateInvocations: number;
  readonly lateMaxMs: number;
  readonly lateAfterMs: number;
  /** Errors that clients or faults threw outside of any operation; they cost nothing but say that something is wrong. */
  readonly strays: number;
};

/** More lag than this, milliseconds, in more than 1 look in 100, makes operations look longer than they were. */
const lagMostMs = 10;
/** A single stall longer than this shows in a history. */
const stallMostMs = 250;
/** The share of late invocations that does not matter. */
const lateShare = 0.01;

/** Why the times of a run are distorted, in one sentence; undefined when they are not. */
export const distortionOf = (timing: RunTiming): string | undefined => {
  const { invocations, lagMaxMs, lagP99Ms, lateInvocations, lateMaxMs, lateAfterMs } = timing;
  const reasons: string[] = [];
  if (lagP99Ms > lagMostMs)
    reasons.push(`1 look in 100 at answers came more than ${lagP99Ms.toFixed(0)} ms late`);
  if (lagMaxMs > stallMostMs) reasons.push(`the longest stall took ${lagMaxMs.toFixed(0)} ms`);
  if (lateInvocations > lateShare * invocations)
    reasons.push(
      `${lateInvocations} of ${invocations} invocations began more than ${lateAfterMs} ms late, one ${lateMaxMs.toFixed(0)} ms`,
    );
  if (reasons.length === 0) return undefined;
  return `the controller was too slow for its load: ${reasons.join('; ')}. Operations look longer than they were, which can hide a violation but never invents one`;
};
