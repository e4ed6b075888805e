// From an inventory's words to what an SSH connection needs: names, keys, secrets, jump hosts, host keys.
import { readFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { infrastructureError, messageOf, usageError } from '../../base/errors.ts';
import type { SshTarget } from '../../control/ssh-connect.ts';
import { isErrno } from '../errno.ts';
import type { Host, Inventory } from './inventory.ts';
import type { Login } from './inventory-shape.ts';
import { hostKeysFor, knownAs } from './known-hosts.ts';
import { type SshSettings, settingsFor } from './ssh-config.ts';

/** The user's ssh settings and known host keys, read once. */
export type UserSsh = { readonly config: string; readonly knownHosts: string };

const readIfThere = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    if (isErrno(cause, 'ENOENT', 'ENOTDIR')) return '';
    throw infrastructureError(`cannot read ${path}: ${messageOf(cause)}`, {
      code: 'unreadable',
      cause,
    });
  });

const atHome = (path: string): string => join(homedir(), '.ssh', path);

export const readUserSsh = async (inventory: Inventory): Promise<UserSsh> => {
  const { knownHosts } = inventory;
  const files =
    knownHosts === undefined
      ? [atHome('known_hosts'), '/etc/ssh/ssh_known_hosts']
      : [pathOf(inventory, knownHosts)];
  const [config, ...known] = await Promise.all([atHome('config'), ...files].map(readIfThere));
  return { config: config ?? '', knownHosts: known.join('\n') };
};

/** `~` is the home folder; other paths start where the inventory is. */
const pathOf = ({ file }: Inventory, path: string): string =>
  resolve(dirname(file), path.replace(/^~(?=\/|$)/, homedir()));

/** One connection to make, with where it was asked for. */
type Request = {
  readonly inventory: Inventory;
  readonly user: UserSsh;
  readonly login: Login;
  /** Name for messages. */
  readonly node: string;
  /** `file:line`. */
  readonly place: string;
  /** Hosts that are jumped through on the way here, against circles. */
  readonly trail: readonly string[];
};

const secretOf = ({ place }: Request, variable: string | undefined): string | undefined => {
  if (variable === undefined) return undefined;
  const secret = process.env[variable];
  if (secret !== undefined && secret !== '') return secret;
  throw usageError(`${place}: environment variable ${variable} is not set`, 'It holds the secret.');
};

const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The key that was named; without an agent, the first of those that ssh takes by itself. */
const keyOf = async (request: Request, settings: SshSettings): Promise<string | undefined> => {
  const { inventory, login, place } = request;
  const named = login.key ?? settings.identityfile;
  if (named !== undefined)
    return readFile(pathOf(inventory, named), 'utf8').catch((cause: unknown) => {
      throw usageError(`${place}: cannot read the key: ${messageOf(cause)}`);
    });
  if (login.passwordEnv !== undefined || process.env['SSH_AUTH_SOCK'] !== undefined)
    return undefined;
  const found = await Promise.all(defaultKeys.map((name) => readIfThere(atHome(name))));
  return found.find((text) => text !== '');
};

const trustedKeys = (
  request: Request,
  settings: SshSettings,
  at: { host: string; port: number },
) => {
  const { inventory, user, login, place } = request;
  if (login.hostKey !== undefined) return [login.hostKey].flat();
  if (inventory.hostKeys === 'any') return 'any';
  const name = settings.hostkeyalias ?? knownAs(at.host, at.port);
  const keys = hostKeysFor(user.knownHosts, name);
  if (keys.length > 0) return keys;
  throw infrastructureError(`${place}: no host key is known for ${name}`, {
    code: 'host-key-unknown',
    hint: `Log in once with ssh and compare the key, or give hostKey: in the inventory.`,
  });
};

/** As ProxyJump has it: `user@host:port`, IPv6 in brackets. */
const parseJump = (word: string): Login => {
  const [, user, bracketed, plain, port] =
    /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(word) ?? [];
  const host = bracketed ?? plain ?? word;
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
};

/** The last of the hosts on the way; each is reached by way of the one before it. */
const jumpOf = async (
  request: Request,
  spec: string | undefined,
): Promise<SshTarget | undefined> => {
  if (spec === undefined || spec === 'none') return undefined;
  const cut = spec.lastIndexOf(',');
  const word = spec.slice(cut + 1).trim();
  const { inventory, node, place, trail } = request;
  if (trail.includes(word))
    throw usageError(`${place}: jump host ${word} is reached by way of itself`);
  const login = inventory.jumps?.[word] ?? parseJump(word);
  return targetOf({
    ...request,
    login: cut === -1 ? login : { ...login, jump: spec.slice(0, cut) },
    node: `${node} by way of ${word}`,
    trail: [...trail, word],
  });
};

const targetOf = async (request: Request): Promise<SshTarget> => {
  const { user, login, node } = request;
  const settings = settingsFor(user.config, login.host);
  const host = settings.hostname?.replaceAll('%h', login.host) ?? login.host;
  const port = login.port ?? Number(settings.port ?? 22);
  const agent = process.env['SSH_AUTH_SOCK'];
  const optional = {
    privateKey: await keyOf(request, settings),
    passphrase: secretOf(request, login.passphraseEnv),
    password: secretOf(request, login.passwordEnv),
    agent: agent === '' ? undefined : agent,
    jump: await jumpOf(request, login.jump ?? settings.proxyjump),
  };
  return {
    node,
    host,
    port,
    user: login.user ?? settings.user ?? userInfo().username,
    hostKeys: trustedKeys(request, settings, { host, port }),
    ...withoutUndefined(optional),
  };
};

const withoutUndefined = <T extends object>(record: T) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    readonly [key in keyof T]?: Exclude<T[key], undefined>;
  };

/** How to reach a host of the inventory; errors carry its line. */
export const targetOfHost = (inventory: Inventory, user: UserSsh, host: Host): Promise<SshTarget> =>
  targetOf({
    inventory,
    user,
    login: { ...inventory.defaults, ...host },
    node: host.name,
    place: inventory.placeOf(['hosts', inventory.hosts.indexOf(host)]),
    trail: [],
  });
