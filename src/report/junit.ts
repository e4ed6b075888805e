// JUnit XML for CI systems: one test case a checker, so that a red one is named where people look.
import { exitCodes } from '../base/errors.ts';
import type { Verdict } from '../checker/verdict.ts';
import { showEvidence, visible } from './format.ts';
import type { ReportModel } from './model.ts';
import { sentenceOf, witnessIn, wordOf } from './outcome.ts';

// XML 1.0 cannot carry these at all, not even as references.
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const entities: { readonly [char: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** Text as an attribute's value: what XML forbids is stripped, the rest escaped. */
export const xmlAttribute = (text: string): string =>
  text.replace(forbidden, '').replace(/[&<>"'\n\r\t]/g, (char) => entities[char]!);

/** Text as an element's content. */
export const xmlText = (text: string): string =>
  text.replace(forbidden, '').replace(/[&<>]/g, (char) => entities[char]!);

type Attributes = { readonly [name: string]: string | number };

const element = (name: string, attributes: Attributes, content = ''): string => {
  const written = Object.entries(attributes).map(([k, v]) => ` ${k}="${xmlAttribute(String(v))}"`);
  const open = `<${name}${written.join('')}`;
  return content === '' ? `${open}/>` : `${open}>${content}</${name}>`;
};

type Case = { readonly kind: 'pass' | 'failure' | 'error'; readonly xml: string };

type CaseInput = {
  readonly name: string;
  readonly classname: string;
  readonly kind: Case['kind'];
  readonly type: string;
  readonly message: string;
  readonly detail: string;
};

const testCase = (input: CaseInput): Case => {
  const { name, classname, kind, type, message, detail } = input;
  // A checker's own time is not recorded: the suite carries the run's.
  const attributes = { name, classname, time: 0 };
  if (kind === 'pass') return { kind, xml: element('testcase', attributes) };
  const problem = element(kind, { message, type }, xmlText(detail));
  return { kind, xml: element('testcase', attributes, problem) };
};

const detailOf = (verdict: Verdict, repeat: string): string => {
  const words = witnessIn(verdict)?.words.map((word) => visible(word)) ?? [];
  return [...words, `repeat: ${repeat}`, showEvidence(verdict, 4_000)].join('\n');
};

const checkerCase = (model: ReportModel, classname: string, name: string): Case => {
  const verdict = model.run.result!.checkers[name]!; // the caller takes names from there
  const { valid } = verdict;
  return testCase({
    name,
    classname,
    kind: valid === true ? 'pass' : valid === false ? 'failure' : 'error',
    type: valid === false ? `anomaly.${name}` : 'unknown',
    message: sentenceOf(verdict) ?? `${name}: ${wordOf(verdict)}`,
    detail: detailOf(verdict, model.run.test.repeat),
  });
};

/** The case for how the run itself went: an error when it ended for a reason that is not a checker's. */
const runCase = (model: ReportModel, classname: string): Case => {
  const code = model.run.result?.exitCode;
  const checkersOwn: readonly (number | undefined)[] = [
    exitCodes.valid,
    exitCodes.invalid,
    exitCodes.unknown,
  ];
  const judged = Object.keys(model.run.result?.checkers ?? {}).length > 0;
  return testCase({
    name: 'run',
    classname,
    kind: judged && checkersOwn.includes(code) ? 'pass' : 'error',
    type: model.outcome.word.toLowerCase().replace(' ', '-'),
    message: model.outcome.why,
    detail: `repeat: ${model.run.test.repeat}`,
  });
};

const property = (name: string, value: string | number): string =>
  element('property', { name, value });

/** The whole document. `report` is the path of the HTML report as CI is to show it. */
export const junitXml = (model: ReportModel, report: string): string => {
  const { test, result } = model.run;
  const classname = `${test.workload}.${test.nemeses.join('+') || 'none'}`;
  const checkers = Object.keys(result?.checkers ?? {});
  const cases = [
    ...checkers.map((name) => checkerCase(model, classname, name)),
    runCase(model, classname),
  ];
  const totals = {
    tests: cases.length,
    failures: cases.filter(({ kind }) => kind === 'failure').length,
    errors: cases.filter(({ kind }) => kind === 'error').length,
    time: (model.until / 1e9).toFixed(3),
  };
  const properties = [
    property('seed', test.seed),
    property('repeat', test.repeat),
    property('report', report),
    property('verdict', model.outcome.word),
    property('system', `${test.system.name} ${test.system.version}`),
  ];
  const suite = [
    `<properties>\n      ${properties.join('\n      ')}\n    </properties>`,
    ...cases.map(({ xml }) => xml),
    element('system-out', {}, xmlText(`[[ATTACHMENT|${report}]]`)),
  ];
  const attributes = {
    name: test.name,
    ...totals,
    skipped: 0,
    timestamp: test.startedAt.replace(/(\.\d+)?Z$/, ''),
  };
  const body = element('testsuite', attributes, `\n    ${suite.join('\n    ')}\n  `);
  const root = element('testsuites', { name: 'ordeal', ...totals }, `\n  ${body}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
};
