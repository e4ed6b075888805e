// How numbers, times and values are written for people: the same in the console, in JUnit and in the page.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count with thousands separators. */
export const count = (n: number): string => whole.format(n);

/** `3 faults`, `1 fault`, `no faults`. */
export const plural = (n: number, noun: string, nouns = `${noun}s`): string =>
  `${n === 0 ? 'no' : count(n)} ${n === 1 ? noun : nouns}`;

/** A share as per cent with one decimal; `100 %` only when it is all of it, `–` when there is no whole. */
export const percent = (part: number, all: number): string => {
  if (all === 0) return '–';
  if (part === all) return '100 %';
  return `${Math.min(99.9, Math.round((part / all) * 1000) / 10).toFixed(1)} %`;
};

/** Three significant digits, without a trailing fraction of zeros. */
const digits = (n: number): string => {
  if (n >= 100) return whole.format(n);
  return n.toFixed(n >= 10 ? 1 : 2).replace(/\.?0+$/, '');
};

/** A duration in nanoseconds, in the unit that reads best: `820 µs`, `3.2 ms`, `12.4 s`, `3 min 5 s`. */
export const duration = (ns: number): string => {
  if (ns === 0) return '0 s';
  if (ns < 1e3) return `${whole.format(ns)} ns`;
  if (ns < 999.5e3) return `${digits(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${digits(ns / 1e6)} ms`;
  if (ns < 119.5e9) return `${digits(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
};

/** A moment of the run in seconds since it began, to the millisecond: `12.034 s`. */
export const moment = (ns: number): string => `${(ns / 1e9).toFixed(3)} s`;

// Controls, and marks that reorder or hide text: shown as escapes, so that nothing can pretend to be something else.
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escapeOf = (char: string): string =>
  char === '\n' ? '⏎' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text from outside as one harmless line: hidden characters shown as escapes, at most `max` characters of it. */
export const visible = (text: string, max = 400): string => {
  const shown = text.length > max ? text.slice(0, max) : text;
  const rest = text.length > max ? `… (${count(text.length)} characters)` : '';
  return shown.replace(hidden, escapeOf) + rest;
};

/** Keeps serialising cheap: long texts and lists inside a value are cut before they are written out. */
const bounded = (max: number) => (_: string, value: unknown) => {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' && value.length > max)
    return `${value.slice(0, max)}… (${count(value.length)} characters)`;
  if (Array.isArray(value) && value.length > max)
    return [...value.slice(0, max), `… (${count(value.length)} entries)`];
  return value;
};

/** Any value of an operation as one harmless line of at most about `max` characters. */
export const showValue = (value: unknown, max = 60): string => {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value === undefined || value === null) return 'nil';
  return visible(JSON.stringify(value, bounded(max)) ?? 'nil', max);
};

/** Evidence as indented JSON, bounded: long texts and lists are cut, and the whole at `max` characters. */
export const showEvidence = (value: unknown, max = 20_000): string => {
  const text = JSON.stringify(value, bounded(500), 2) ?? 'null';
  const lines = text.slice(0, max).split('\n');
  const rest = text.length > max ? [`… (${count(text.length)} characters in verdict.json)`] : [];
  return [...lines.map((line) => visible(line, max)), ...rest].join('\n');
};
