// Says in one line why a command did not do what it should.
import type { ExecOptions, ExecResult } from '../contract/remote.ts';
import {
  firstLine,
  lastLine,
  RemoteError,
  type RemoteErrorCode,
  showCommand,
} from './remote-error.ts';
import type { Header } from './wrapper.ts';

export type BadEnding = {
  readonly node: string;
  readonly argv: readonly string[];
  readonly options: ExecOptions;
  /** Missing when the program was never reached. */
  readonly header: Header | undefined;
  /** Missing when the connection went away. */
  readonly exitCode: number | undefined;
  readonly result: ExecResult;
};

type Reason = { readonly code: RemoteErrorCode; readonly why: string; readonly hint?: string };

const reasonOf = ({ header, exitCode, options, result }: BadEnding): Reason => {
  if (exitCode === undefined)
    return {
      code: 'connection-lost',
      why: 'the connection was lost while it ran; it may have taken effect',
      hint: 'It was not run again. The next command connects anew.',
    };
  if (header === 'cwd-missing') return { code: 'cwd-missing', why: `cannot enter ${options.cwd}` };
  if (header === undefined) return neverBegan(options, exitCode, result.stderr);
  const said = lastLine(result.stderr);
  return { code: 'command-failed', why: `exit code ${exitCode}${said === '' ? '' : `: ${said}`}` };
};

const neverBegan = (options: ExecOptions, exitCode: number, stderr: string): Reason => {
  const said = lastLine(stderr);
  const wantsSudo = options.sudo !== undefined && options.sudo !== false;
  if (wantsSudo && exitCode === 127)
    return {
      code: 'sudo-missing',
      why: 'sudo is not installed',
      hint: 'Install the package sudo, or log in as root.',
    };
  if (wantsSudo)
    return {
      code: 'sudo-refused',
      why: `sudo refused: ${firstLine(stderr)}`,
      hint: 'Give this login passwordless sudo (NOPASSWD), or log in as root.',
    };
  return {
    code: 'not-started',
    why: `the login shell did not run it (exit code ${exitCode}): ${said}`,
  };
};

/** The error of a command that failed, never began, or was lost. */
export const explainEnding = (ending: BadEnding): RemoteError => {
  const { why, ...details } = reasonOf(ending);
  const { node, argv, result } = ending;
  return new RemoteError(`${showCommand(argv)}: ${why}`, { ...details, node, argv, result });
};
