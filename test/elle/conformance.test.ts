// Our verdicts beside those of the JVM's Elle, by the rule of the conformance data.
import { type CheckResult, check } from 'elle-js-bridge';
import { describe, expect, test } from 'vitest';
import { cycleSpecs, existsSpecs } from '../../src/elle-js-bridge/cycles/specs.ts';
import {
  anomaliesForbiddenBy,
  boundaryOf,
  modelNames,
  modelsRuledOutBy,
} from '../../src/elle-js-bridge/models/lattice.ts';
import {
  type ConformanceCase,
  casesOf,
  consistencyData,
  hasConformanceData,
  noConformanceData,
  optionsOf,
} from './conformance-data.ts';

const exists = '-cycle-exists';

/** A type Elle names, or a kind of cycle in the place of "a cycle exists". */
const covers = (ours: readonly string[], type: string): boolean =>
  ours.includes(type) ||
  (type.endsWith(exists) &&
    ours.some((other) => modelsRuledOutBy([other]).has(type.slice(0, -exists.length))));

const sorted = (names: readonly string[] | undefined): string[] => [...(names ?? [])].sort();

/** Why a difference is allowed, or undefined. */
const excuseFor = (one: ConformanceCase, ours: CheckResult): string | undefined => {
  if (one.longestTie) return 'two longest reads: the version order depends on hash order in Elle';
  if (one.elleTimedOut || one.expected.anomalyTypes?.includes('cycle-search-timeout'))
    return 'Elle gave up searching';
  const isGarbage = ours.anomalyTypes.includes('garbage-read');
  if (one.expected.throws && (ours.valid === 'unknown' || isGarbage)) return 'Elle throws';
  return undefined;
};

const differenceOf = (one: ConformanceCase, ours: CheckResult): object | undefined => {
  const { valid, not, alsoNot, anomalyTypes } = one.expected;
  const theirs = { valid, not: sorted(not), alsoNot: sorted(alsoNot) };
  const mine = { valid: ours.valid, not: sorted(ours.not), alsoNot: sorted(ours.alsoNot) };
  const missing = (anomalyTypes ?? []).filter((type) => !covers(ours.anomalyTypes, type));
  const isEqual = JSON.stringify(theirs) === JSON.stringify(mine) && missing.length === 0;
  return isEqual ? undefined : { id: one.id, theirs, mine, missing, types: ours.anomalyTypes };
};

/** Differences that nothing excuses, and how many each excuse covers. */
const compareAll = (cases: readonly ConformanceCase[]) => {
  const excused: Record<string, string[]> = {};
  const wrong: object[] = [];
  for (const one of cases) {
    const ours = check(one.history, optionsOf(one));
    const difference = one.expected.throws ? { id: one.id, ours } : differenceOf(one, ours);
    if (!difference) continue;
    const excuse = excuseFor(one, ours);
    if (excuse) excused[excuse] = [...(excused[excuse] ?? []), one.id];
    else wrong.push(difference);
  }
  return { excused, wrong };
};

const ofOurs = (one: ConformanceCase): boolean => one.checker !== 'closed-predicate';

describe.skipIf(!hasConformanceData)(
  hasConformanceData ? 'beside Elle' : `beside Elle (skipped: ${noConformanceData})`,
  () => {
    test('micro-histories: equal but where Elle throws', () => {
      const cases = casesOf('cases.jsonl').filter(ofOurs);
      const { excused, wrong } = compareAll(cases);
      expect(cases.length).toBe(137);
      expect(wrong).toEqual([]);
      expect(excused).toEqual({
        'Elle throws': [
          'garbage-read',
          'garbage-read-2',
          'invoke-only',
          'invoke-only-observed',
          'rw-dup-write-read',
          'bad-mop',
          'retry-after-fail-dup',
          'fail-op-with-read',
          'mixed-keys-rw',
          'unknown-model',
          'double-invoke',
        ],
      });
    });

    test('2,000 random histories: equal but for ties and Elle giving up', () => {
      const { excused, wrong } = compareAll(casesOf('fuzz.jsonl.gz'));
      expect(wrong).toEqual([]);
      expect(Object.keys(excused).sort()).toEqual([
        'Elle gave up searching',
        'two longest reads: the version order depends on hash order in Elle',
      ]);
      expect(Object.values(excused).flat().length).toBeLessThanOrEqual(10);
    });

    test('large histories: the G-single that Elle does not find in time is found', () => {
      const cases = casesOf('large-cases.jsonl.gz');
      const { excused, wrong } = compareAll(cases);
      expect(wrong).toEqual([]);
      expect(excused).toEqual({ 'Elle gave up searching': ['list-append/unfindable-g-single#1'] });
      const found = check(cases[0]!.history, optionsOf(cases[0]!));
      expect(found.anomalyTypes).toEqual(['G-single-item']);
    });

    test('models: names, closures and boundaries', () => {
      const data = consistencyData();
      const known = (names: Iterable<string>): string[] =>
        [...names].filter((name) => name !== 'garbage-read').sort();
      expect(modelNames()).toEqual(data.allModels);
      for (const [anomaly, { not, 'also-not': alsoNot }] of Object.entries(data.boundary))
        expect([anomaly, boundaryOf([anomaly])]).toEqual([anomaly, { not, alsoNot }]);
      for (const [model, anomalies] of Object.entries(data.prohibitedBy))
        expect([model, known(anomaliesForbiddenBy([model]))]).toEqual([model, anomalies]);
      expect(cycleSpecs.map((spec) => spec.anomaly)).toEqual(
        data.cycleSearchOrder.map((spec) => spec.anomaly),
      );
      expect(existsSpecs.map((spec) => spec.model)).toEqual(
        data.cycleExistsOrder.map((spec) => spec.model),
      );
    });
  },
);
