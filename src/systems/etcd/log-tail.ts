// The last words of an etcd's log, in a form that fits into an error message.

const shownLines = 3;
const shownChars = 300;
const grave = new Set(['error', 'dpanic', 'panic', 'fatal']);

type Line = { readonly level: string; readonly text: string };

const lineOf = (raw: string): Line => {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    value = undefined;
  }
  // What is not a record of zap's is a panic of Go's, or a program that is not etcd.
  if (typeof value !== 'object' || value === null) return { level: 'fatal', text: raw.trim() };
  const { level = '', msg = '', error } = value as Readonly<Record<string, unknown>>;
  const text = error === undefined ? `${msg}` : `${msg}: ${error}`;
  return { level: `${level}`, text };
};

/** The last errors of a log, or its last lines when it holds none; oldest first, shortened. */
export const lastWords = (log: string): readonly string[] => {
  const lines = log
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(lineOf);
  const errors = lines.filter(({ level }) => grave.has(level));
  const chosen = errors.length > 0 ? errors : lines;
  return chosen.slice(-shownLines).map(({ text }) => text.slice(0, shownChars));
};
