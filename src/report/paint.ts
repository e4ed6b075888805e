// Colour for the console, only where it helps: on a terminal, and unless NO_COLOR asks for none.
import { styleText } from 'node:util';

type Brush = (text: string) => string;

/** How the console marks its words; every brush keeps the text itself. */
export type Paint = {
  readonly bold: Brush;
  readonly dim: Brush;
  readonly good: Brush;
  readonly bad: Brush;
  readonly unsure: Brush;
};

const same: Brush = (text) => text;

/** No colour at all. */
export const plain: Paint = { bold: same, dim: same, good: same, bad: same, unsure: same };

const brush =
  (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow'): Brush =>
  (text) =>
    // The decision whether to colour was made by who chose this paint, not by the stream.
    styleText(format, text, { validateStream: false });

/** Bold, dim, green, red and yellow. */
export const coloured: Paint = {
  bold: brush('bold'),
  dim: brush('dim'),
  good: brush('green'),
  bad: brush('red'),
  unsure: brush('yellow'),
};

/** Whether to colour: FORCE_COLOR wins, then NO_COLOR (any non-empty value, no-color.org), then whether it is a terminal. */
export const wantsColour = (
  isTerminal: boolean,
  environment: { readonly [name: string]: string | undefined },
): boolean => {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if ((environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb') return false;
  return isTerminal;
};
