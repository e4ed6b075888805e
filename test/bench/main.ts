// `npm run bench [-- NAME…] [--json]`: runs the benchmarks of this folder and prints each figure beside its goal.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What we aim at, with the direction: "< 5", "≥ 97800". */
  readonly goal?: string;
};
type Bench = { readonly figures: () => Promise<readonly Figure[]> };

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => basename(file, '.ts'))
  .sort();
const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: no benchmark named ${unknown.join(', ')}: there are ${names.join(', ')}\n`,
  );
  process.exit(254);
}

const meets = (figure: Figure): string => {
  const match = /^([<≥>≤])\s*([\d.]+)/.exec(figure.goal ?? '');
  if (!match) return '';
  const goal = Number(match[2]);
  const ratio = match[1] === '<' || match[1] === '≤' ? goal / figure.value : figure.value / goal;
  return `goal ${figure.goal}, ${ratio.toFixed(2)}×${ratio >= 1 ? '' : ' (missed)'}`;
};
const shown = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();

for (const name of positionals.length > 0 ? positionals : names) {
  const bench = (await import(join(import.meta.dirname, `${name}.ts`))) as Bench;
  if (!values.json) process.stdout.write(`${name}\n`);
  for (const figure of await bench.figures()) {
    const { name: label, value, unit } = figure;
    if (values.json) process.stdout.write(`${JSON.stringify({ name: label, value, unit })}\n`);
    else
      process.stdout.write(
        `  ${label.padEnd(58)} ${shown(value).padStart(12)} ${unit.padEnd(8)} ${meets(figure)}\n`,
      );
  }
}
