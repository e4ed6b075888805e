// A session on a node: run programs, copy files. The same contract over SSH, locally, and in containers.

export type ExecOptions = {
  readonly stdin?: string | Uint8Array;
  /** Run as another user through sudo: true means root. */
  readonly sudo?: boolean | string;
  /** Absolute path on the node. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Deadline in milliseconds, 60,000 unless told; the command is killed and `RemoteError` code `timeout` thrown. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** When false, a non-zero exit is returned instead of thrown. Default true. */
  readonly check?: boolean;
};

export type ExecResult = {
  readonly exitCode: number;
  /** UTF-8; nothing trimmed. */
  readonly stdout: string;
  readonly stderr: string;
};

/** Argument vectors only: no argument is ever read by a shell, whatever it contains. */
export type Remote = {
  readonly node: string;
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Copies a local file or folder to an absolute path on the node; missing parent folders are made. */
  upload(localPath: string, remotePath: string, options?: TransferOptions): Promise<void>;
  /** Copies a file or folder of the node to a local path; missing parent folders are made. */
  download(remotePath: string, localPath: string, options?: TransferOptions): Promise<void>;
  /** Ends the session; running commands are cancelled. Idempotent. */
  close(): Promise<void>;
};

export type TransferOptions = {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly sudo?: boolean;
};
