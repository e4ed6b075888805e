// JUnit XML: what CI systems are told, and that it is XML whatever a run holds.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/contract/events.ts';
import { junitXml } from '../../src/report/junit.ts';
import { modelOf } from '../../src/report/model.ts';
import { sampleResult, sampleRun, sampleTest } from './sample-run.ts';

const report = 'results/register/1/report.html';
const xmlOf = (result: RunResult | undefined, test = sampleTest()): string => {
  const { result: _, ...run } = sampleRun({ history: [], ledger: [], test });
  return junitXml(modelOf(result === undefined ? run : { ...run, result }), report);
};

/** Reads XML strictly, as far as this document goes: throws at anything not well-formed. Gives the names of elements. */
const parse = (xml: string): string[] => {
  const names: string[] = [];
  const open: string[] = [];
  const token =
    /<\?xml version="1\.0" encoding="UTF-8"\?>\n|<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="(?:[^<&"]|&(?:amp|lt|gt|quot|apos|#\d+);)*")*)(\/?)>|((?:[^<&]|&(?:amp|lt|gt);)+)/y;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const match = token.exec(xml);
    if (match === null) throw new Error(`not XML: ${JSON.stringify(xml.slice(at, at + 60))}`);
    const [, closed, opened, , empty, text] = match;
    if (closed !== undefined && open.pop() !== closed) throw new Error(`unbalanced ${closed}`);
    if (opened !== undefined) names.push(opened);
    if (opened !== undefined && empty === '') open.push(opened);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text ?? match[3] ?? ''))
      throw new Error('a character that XML forbids');
  }
  if (open.length > 0) throw new Error(`${open.join()} never ends`);
  return names;
};

test('an invalid run, whole', () =>
  expect(xmlOf(sampleResult())).toMatchInlineSnapshot(`
  "<?xml version="1.0" encoding="UTF-8"?>
  <testsuites name="ordeal" tests="3" failures="1" errors="0" time="0.000">
    <testsuite name="register" tests="3" failures="1" errors="0" time="0.000" skipped="0" timestamp="2026-03-14T09:26:53">
      <properties>
        <property name="seed" value="42"/>
        <property name="repeat" value="ordeal test register --system etcd --nemesis partition --time-limit 60 --serializable-reads --seed 42"/>
        <property name="report" value="results/register/1/report.html"/>
        <property name="verdict" value="INVALID"/>
        <property name="system" value="etcd 3.4.23"/>
      </properties>
      <testcase name="linearizable" classname="register.partition" time="0"><failure message="Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42." type="anomaly.linearizable">Process 0 wrote 17 (6.102 s to 6.109 s).
  Process 1 compared 17 and set 42, and was told that it succeeded (7.310 s to 7.318 s).
  Process 7 wrote 8, and never learned whether it happened.
  Process 4 then read 17 (7.902 s to 7.904 s), although 42 had replaced it 584 ms before.
  repeat: ordeal test register --system etcd --nemesis partition --time-limit 60 --serializable-reads --seed 42
  {
    "valid": false,
    "keys": 8,
    "failures": [
      3
    ],
    "results": {
      "3": {
        "valid": false,
        "witness": {
          "title": "Stale read of key 3: process 4 read 17 after process 1 had overwritten it with 42.",
          "key": 3,
          "words": [
            "Process 0 wrote 17 (6.102 s to 6.109 s).",
            "Process 1 compared 17 and set 42, and was told that it succeeded (7.310 s to 7.318 s).",
            "Process 7 wrote 8, and never learned whether it happened.",
            "Process 4 then read 17 (7.902 s to 7.904 s), although 42 had replaced it 584 ms before."
          ],
          "ops": [
            {
              "index": 2210,
              "process": 0,
              "f": "write",
              "value": 17,
              "type": "ok",
              "start": 6102000000,
              "end": 6109000000
            },
            {
              "index": 2514,
              "process": 1,
              "f": "cas",
              "value": [
                17,
                42
              ],
              "type": "ok",
              "start": 7310000000,
              "end": 7318000000
            },
            {
              "index": 2521,
              "process": 7,
              "f": "write",
              "value": 8,
              "type": "info",
              "start": 7315000000
            },
            {
              "index": 2630,
              "process": 4,
              "f": "read",
              "value": null,
              "result": 17,
              "type": "ok",
              "start": 7902000000,
              "end": 7904000000,
              "culprit": true
            }
          ]
        },
        "statesExplored": 1824
      }
    }
  }</failure></testcase>
      <testcase name="stats" classname="register.partition" time="0"/>
      <testcase name="run" classname="register.partition" time="0"/>
      <system-out>[[ATTACHMENT|results/register/1/report.html]]</system-out>
    </testsuite>
  </testsuites>
  "
`));

const kinds = (result: RunResult | undefined): string[] =>
  parse(xmlOf(result)).filter((name) => ['failure', 'error', 'skipped'].includes(name));

describe('what is red', () => {
  const good = { linearizable: { valid: true } } as const;
  test('nothing, when all is valid', () =>
    expect(kinds(sampleResult({ valid: true, exitCode: 0, checkers: good }))).toEqual([]));
  test('invalid is a failure', () => expect(kinds(sampleResult())).toEqual(['failure']));
  test('unknown is an error', () => {
    const checkers = { stats: { valid: 'unknown', reason: 'nothing succeeded' } } as const;
    expect(kinds(sampleResult({ valid: 'unknown', exitCode: 2, checkers }))).toEqual(['error']);
  });
  test('a run whose own ending was bad is an error, beside what the checkers say', () => {
    expect(kinds(sampleResult({ exitCode: 5, healed: false, reason: 'n1' }))).toEqual([
      'failure',
      'error',
    ]);
    expect(kinds(sampleResult({ valid: true, exitCode: 4, checkers: good, reason: 'n1' }))).toEqual(
      ['error'],
    );
    expect(kinds(sampleResult({ valid: true, exitCode: 130, checkers: good }))).toEqual(['error']);
  });
  test('no verdict and no checker are errors', () => {
    expect(kinds(undefined)).toEqual(['error']);
    expect(kinds(sampleResult({ valid: 'unknown', exitCode: 2, checkers: {} }))).toEqual(['error']);
  });
});

const hostile = '<x a="1">&amp;]]>\u0000\u001b[2J\ud800\uffff\n\t\u202e';

test('it is well-formed whatever stands in a run', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(hostile));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const checkers = {
        [a]: { valid: false, reason: b, witness: { title: a, words: [b], ops: [] } },
      } as const;
      const record = sampleTest({ workload: a, repeat: b, nemeses: [b], name: a });
      parse(xmlOf(sampleResult({ checkers, reason: b }), record));
    }),
    { numRuns: 200 },
  );
});

const hasXmllint = spawnSync('xmllint', ['--version']).status === 0;
test.skipIf(!hasXmllint)('xmllint agrees (skipped where libxml2-utils is not installed)', () => {
  const xml = xmlOf(
    sampleResult({ reason: hostile }),
    sampleTest({ name: hostile, repeat: hostile }),
  );
  const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], {
    input: xml,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
