// Opens one SSH connection with a pinned host key, and says clearly why when it cannot.
import type { Duplex } from 'node:stream';
import { type Config, NodeSSH } from 'node-ssh';
import { infrastructureError, type OrdealError, usageError } from '../base/errors.ts';

export type SshTarget = {
  /** Name of the node, for messages. */
  readonly node: string;
  readonly host: string;
  /** 22 unless told. */
  readonly port?: number;
  readonly user: string;
  /** The private key itself (OpenSSH or PEM text), never printed. */
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** Never printed. */
  readonly password?: string;
  /** Path of the socket of an agent that has keys. */
  readonly agent?: string;
  /** The host keys to accept, each as in known_hosts or a `.pub` file: `ssh-ed25519 AAAA…`. `any` trusts the network. */
  readonly hostKeys: readonly string[] | 'any';
  /** The host by way of which this one is reached (ProxyJump). */
  readonly jump?: SshTarget;
  /** From the first packet to a usable session; 10,000 unless told. */
  readonly connectTimeoutMs?: number;
};

/** A connection that is ready. */
export type SshClient = NonNullable<NodeSSH['connection']>;

type Algorithms = Extract<
  NonNullable<NonNullable<Config['algorithms']>['serverHostKey']>,
  readonly unknown[]
>;

/** Algorithms to ask for by type of key: RSA is offered under its signatures' names (RFC 8332). */
const algorithms: { readonly [type: string]: Algorithms | undefined } = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

type HostKey = { readonly type: string; readonly blob: Buffer };

const parseHostKey = (line: string): HostKey => {
  const [type, base64] = line.trim().split(/\s+/);
  if (type === undefined || base64 === undefined || algorithms[type] === undefined)
    throw usageError(
      `not a host key: ${line.slice(0, 60)}`,
      'Expected a line like "ssh-ed25519 AAAA…".',
    );
  return { type, blob: Buffer.from(base64, 'base64') };
};

const place = ({ node, user, host, port = 22 }: SshTarget): string =>
  `${node} (${user}@${host}:${port})`;

const offered = ({ privateKey, password, agent }: SshTarget): string =>
  [
    privateKey === undefined ? [] : ['this key'],
    agent === undefined ? [] : ['the keys of the agent'],
    password === undefined ? [] : ['this password'],
  ]
    .flat()
    .join(', ') || 'nothing to offer';

/** What ssh2 throws: a level of its own beside Node's error codes. */
type ConnectFailure = Error & { readonly level?: string; readonly code?: string };

const explain = (target: SshTarget, cause: ConnectFailure): OrdealError => {
  const where = place(target);
  const fail = (code: string, why: string, hint: string) =>
    infrastructureError(`${where}: ${why}`, { code, hint, cause });
  if (cause.message.includes('Host denied') || cause.message.includes('matching host key'))
    return fail(
      'wrong-host-key',
      'the host key is not the pinned one',
      'Is it another machine, or was it reinstalled?',
    );
  if (cause.message.includes('Cannot parse privateKey') || cause.message.includes('Encrypted'))
    return fail(
      'bad-private-key',
      `cannot read the private key: ${cause.message}`,
      'Check the key and its passphrase.',
    );
  if (cause.level === 'client-authentication')
    return fail(
      'login-refused',
      `login refused for user '${target.user}' with ${offered(target)}`,
      'Check the user name, and that its authorized_keys holds the key.',
    );
  if (cause.code === 'ECONNREFUSED')
    return fail('connection-refused', 'connection refused', 'Is sshd running there, on this port?');
  if (cause.code === 'ENOTFOUND' || cause.code === 'EAI_AGAIN')
    return fail('host-unknown', 'no address for this host name', 'Check the name.');
  if (cause.level === 'client-timeout' || cause.code === 'ETIMEDOUT')
    return fail('connect-timeout', 'no SSH session in time', 'Is the host up, and the port open?');
  if (cause.code === 'EHOSTUNREACH' || cause.code === 'ENETUNREACH')
    return fail(
      'host-unreachable',
      `unreachable (${cause.code})`,
      'Is the host up, and is there a route to it?',
    );
  return fail(
    'ssh-failed',
    `no SSH session: ${cause.message}`,
    'See the cause; try it with the ssh command.',
  );
};

/** Failures that may be gone a moment later; wrong keys and names are not among them. */
export const isTransient = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['connection-refused', 'connect-timeout', 'host-unreachable', 'ssh-failed'].includes(
    String(error.code),
  );

/** A dead peer shows after `interval × count` at the latest. */
const keepalive = { keepaliveInterval: 5_000, keepaliveCountMax: 3 };

const pinned = (hostKeys: SshTarget['hostKeys']): Pick<Config, 'hostVerifier' | 'algorithms'> => {
  if (hostKeys === 'any') return { hostVerifier: () => true };
  const keys = hostKeys.map(parseHostKey);
  return {
    hostVerifier: (key: Buffer) => keys.some(({ blob }) => blob.equals(key)),
    // Only what is pinned: otherwise the server might offer another of its keys, which we could not tell from a wrong one.
    algorithms: { serverHostKey: keys.flatMap(({ type }) => algorithms[type] ?? []) },
  };
};

/** Those that are there; ssh2 tries them one after another. */
const credentials = ({ privateKey, passphrase, password, agent }: SshTarget): Config =>
  Object.fromEntries(
    Object.entries({ privateKey, passphrase, password, agent }).filter(
      ([, value]) => value !== undefined,
    ),
  );

/** Connects and logs in. Throws an infrastructure error that names host and reason. */
export const sshConnect = async (target: SshTarget): Promise<SshClient> => {
  if (target.jump === undefined) return connectOver(target);
  const jump = await sshConnect(target.jump);
  try {
    const client = await connectOver(target, await forward(jump, target));
    client.once('close', () => jump.end());
    return client;
  } catch (cause) {
    jump.destroy();
    throw cause;
  }
};

/** A way to the target from the host that has been reached. */
const forward = (jump: SshClient, target: SshTarget): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    jump.forwardOut('127.0.0.1', 0, target.host, target.port ?? 22, (cause, stream) => {
      if (!cause) return resolve(stream);
      const from = target.jump === undefined ? '' : ` from ${target.jump.host}`;
      reject(
        infrastructureError(`${place(target)}: unreachable${from}: ${cause.message}`, {
          code: 'host-unreachable',
          hint: 'Is the host up, and does its jump host allow TCP forwarding?',
          cause,
        }),
      );
    });
  });

const connectOver = async (target: SshTarget, sock?: Duplex): Promise<SshClient> => {
  const timeoutMs = target.connectTimeoutMs ?? 10_000;
  const ssh = new NodeSSH();
  const connecting = ssh.connect({
    host: target.host,
    port: target.port ?? 22,
    username: target.user,
    ...credentials(target),
    ...pinned(target.hostKeys),
    ...(sock === undefined ? {} : { sock }),
    readyTimeout: 0,
    ...keepalive,
  });
  return settle(target, ssh, { connecting, timeoutMs });
};

const settle = async (
  target: SshTarget,
  ssh: NodeSSH,
  { connecting, timeoutMs }: { readonly connecting: Promise<NodeSSH>; readonly timeoutMs: number },
): Promise<SshClient> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(Object.assign(new Error(`not ready after ${timeoutMs} ms`), { code: 'ETIMEDOUT' })),
    timeoutMs,
  );
  const client = ssh.connection;
  // Errors after the race is decided (a reset while hanging up) have nobody else to hear them.
  client?.on('error', () => undefined);
  try {
    await Promise.race([connecting, late]);
    if (ssh.connection === null) throw new Error('the connection closed at once');
    ssh.connection.setNoDelay(true);
    return ssh.connection;
  } catch (cause) {
    connecting.catch(() => undefined);
    client?.destroy();
    throw explain(target, cause as ConnectFailure);
  } finally {
    clearTimeout(timer);
  }
};
