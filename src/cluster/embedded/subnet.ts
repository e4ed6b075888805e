// Gives each cluster a subnet number of its own: a symbolic link is made or not made in one step, and names its holder.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { infrastructureError } from '../../base/errors.ts';
import { isErrno } from '../errno.ts';
import { controllerAddresses, hostLink, type Layout } from './layout.ts';

/**
 * One place for the whole machine, whatever the state folder: networks and links are the machine's too. It goes with a
 * reboot, and so do they.
 */
const claims = '/run/ordeal-subnets';

/** Numbers 1 to 255. */
const count = 256;

/** Takes a number that no cluster holds and whose network no route or interface of this machine touches. */
export const claimSubnet = async (layout: Layout): Promise<number> => {
  await mkdir(claims, { recursive: true, mode: 0o700 });
  const isTaken = await lookAround();
  for (let subnet = 1; subnet < count; subnet++)
    if (!isTaken(subnet) && (await claim(layout, subnet))) return subnet;
  throw infrastructureError('no free subnet in 10.213.0.0/16', {
    code: 'no-subnet',
    hint: 'Remove clusters: ordeal cluster list, ordeal cluster down NAME.',
  });
};

const claim = async (layout: Layout, subnet: number): Promise<boolean> => {
  const path = join(claims, String(subnet));
  try {
    await symlink(layout.folder, path);
    return true;
  } catch (cause) {
    if (!isErrno(cause, 'EEXIST')) throw cause;
  }
  return (await removeOrphan(path)) && claim(layout, subnet);
};

/** A claim whose folder is gone is nobody's: folders are made before claims, and go after them. */
const removeOrphan = async (path: string): Promise<boolean> => {
  const holder = await readlink(path).catch(() => undefined);
  if (holder === undefined || existsSync(holder)) return false;
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    // Whoever moves it has it; what turns out to be a claim made meanwhile is put back.
    await rename(path, aside);
    const moved = await readlink(aside);
    if (moved !== holder) await symlink(moved, path).catch(() => undefined);
    await unlink(aside);
    return moved === holder;
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return false;
    throw cause;
  }
};

/** Numbers that a cluster holds. */
export const heldSubnets = async (layout: Layout): Promise<readonly number[]> => {
  const entries = await readdir(claims).catch(() => []);
  const held: number[] = [];
  for (const entry of entries) {
    const holder = await readlink(join(claims, entry)).catch(() => undefined);
    if (holder === layout.folder) held.push(Number(entry));
  }
  return held;
};

export const releaseSubnet = async (subnet: number): Promise<void> => {
  try {
    await unlink(join(claims, String(subnet)));
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw cause;
  }
};

/** A number as the 32 bits of an IPv4 address. */
const bitsOf = (address: string): number =>
  address.split('.').reduce((bits, part) => bits * 256 + Number(part), 0);

const overlaps = (subnet: number, network: string): boolean => {
  const [address = '', length = '32'] = network.split('/');
  // The default route is everybody's way out, not a network of its own.
  const size = 2 ** (32 - Math.min(24, Number(length)));
  const ours = bitsOf(controllerAddresses(subnet).ipv4);
  return Number(length) > 0 && Math.floor(ours / size) === Math.floor(bitsOf(address) / size);
};

const lookAround = async (): Promise<(subnet: number) => boolean> => {
  const { stdout } = await execa('ip', ['-4', 'route', 'show', 'table', 'all']);
  // Lines begin with the network, or with a word for its kind and then the network.
  const networks = stdout
    .split('\n')
    .flatMap((line) => /\b\d+\.\d+\.\d+\.\d+(?:\/\d+)?/.exec(line)?.[0] ?? []);
  const links = new Set(await readdir('/sys/class/net'));
  return (subnet) =>
    links.has(hostLink(subnet)) || networks.some((network) => overlaps(subnet, network));
};
