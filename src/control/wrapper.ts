// The fixed shell script every command runs under: enters the folder, tells its session, becomes the program.
import { assert } from '../base/assert.ts';
import { usageError } from '../base/errors.ts';
import type { ExecOptions } from '../contract/remote.ts';
import { commandLine } from './quote.ts';

/**
 * Parameters: mark, folder ('' stays), the program's argument vector.
 * The mark on standard error proves that the program is about to run and names its session (field 6 of
 * proc_pid_stat(5); the name in field 2 is this shell's own, without spaces), which is what a kill addresses.
 */
const script = `
ordeal_mark=$1 ordeal_folder=$2
shift 2
if [ -n "$ordeal_folder" ]; then
  cd -- "$ordeal_folder" 2>/dev/null || { printf '%scwd\\n' "$ordeal_mark" >&2; exit 1; }
fi
read -r _ _ _ _ _ ordeal_session _ </proc/$$/stat
printf '%s%s\\n' "$ordeal_mark" "$ordeal_session" >&2
exec "$@"`;

const entryName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Linux refuses single arguments of 128 KiB, and the login shell gets the whole line as one. */
export const maxCommandBytes = 128 * 1024 - 1;

const checkWords = (words: readonly string[]): void =>
  words.forEach((word) => {
    if (word.includes('\0')) throw usageError(`a command holds a NUL: ${JSON.stringify(word)}`);
  });

const userOf = (sudo: ExecOptions['sudo'], isRoot: boolean): string | undefined => {
  const user = sudo === true ? 'root' : sudo === false ? undefined : sudo;
  return user === 'root' && isRoot ? undefined : user;
};

/** Through env(1), which would take a program whose name holds `=` for one more entry. */
const withEnvironment = (
  entries: readonly (readonly [name: string, value: string])[],
  argv: readonly string[],
): readonly string[] => {
  if (entries.length === 0) return argv;
  const isAmbiguous = argv[0]?.includes('=');
  const program = isAmbiguous ? ['/bin/sh', '-c', 'exec "$@"', 'sh', ...argv] : argv;
  return ['env', ...entries.map(([name, value]) => `${name}=${value}`), ...program];
};

/** The argument vector that runs `argv` as the options say; `mark` is unique to this command. */
export const wrapCommand = (
  argv: readonly string[],
  options: Pick<ExecOptions, 'sudo' | 'cwd' | 'env'> & {
    readonly mark: string;
    readonly isRoot: boolean;
  },
): readonly string[] => {
  assert(argv.length > 0, 'an empty argument vector');
  const { cwd = '', env = {}, mark, isRoot } = options;
  const entries = Object.entries(env);
  for (const [name] of entries) {
    if (!entryName.test(name))
      throw usageError(`not a name of an environment variable: ${JSON.stringify(name)}`);
  }
  if (cwd !== '' && !cwd.startsWith('/')) throw usageError(`not an absolute path: ${cwd}`);
  const words = [mark, cwd, ...withEnvironment(entries, argv)];
  const user = userOf(options.sudo, isRoot);
  const sudo = user === undefined ? [] : ['sudo', '-n', '-H', '-u', user, '--'];
  const wrapped = [...sudo, '/bin/sh', '-c', script, 'ordeal', ...words];
  checkWords(wrapped);
  const bytes = Buffer.byteLength(commandLine(wrapped));
  if (bytes > maxCommandBytes)
    throw usageError(
      `a command of ${bytes} bytes; at most ${maxCommandBytes}`,
      'Pass large data as standard input.',
    );
  return wrapped;
};

/** What the wrapper said on standard error: the session it runs in, or that the folder was not there. */
export type Header = { readonly session: number } | 'cwd-missing';

/**
 * Splits standard error at the mark. `undefined` while the header has not come; what login scripts printed before the
 * mark is dropped.
 */
export const readHeader = (
  stderr: Buffer,
  mark: string,
): { readonly header: Header; readonly rest: Buffer } | undefined => {
  const start = stderr.indexOf(mark);
  const end = start === -1 ? -1 : stderr.indexOf('\n', start);
  if (end === -1) return undefined;
  const word = stderr.toString('latin1', start + mark.length, end);
  return {
    header: word === 'cwd' ? 'cwd-missing' : { session: Number(word) },
    rest: stderr.subarray(end + 1),
  };
};
