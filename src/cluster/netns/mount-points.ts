// Where the machine has other disks mounted: an overlay over / does not show what is on them.
import { readFile, stat } from 'node:fs/promises';

const diskKinds = new Set([
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'btrfs',
  'f2fs',
  'zfs',
  'bcachefs',
  'jfs',
  'squashfs',
  'erofs',
]);

/** Parts of the tree that are not the machine's programs and settings, or that every node has of its own. */
const left = ['/boot', '/dev', '/media', '/mnt', '/proc', '/run', '/sys', '/tmp', '/snap'];

/** A path that needs no escaping in mount options; others are left out. */
const isPlain = (path: string): boolean => /^\/[\w./-]+$/.test(path);

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

/** From the text of `/proc/self/mountinfo`: outer mount points before inner ones. See proc_pid_mountinfo(5). */
export const parseDisks = (mountinfo: string, omit: string): readonly string[] => {
  const points = mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4] ?? '';
    const kind = after.split(' ')[0] ?? '';
    const isWanted =
      diskKinds.has(kind) && isPlain(point) && !left.some((folder) => isBelow(point, folder));
    return isWanted && !isBelow(point, omit) ? [point] : [];
  });
  return [...new Set(points)].sort();
};

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Mount points of disks other than the one at `/`; those below the cluster's own folder, and single files, are left out. */
export const otherDisks = async ({
  folder,
}: {
  readonly folder: string;
}): Promise<readonly string[]> => {
  const points = parseDisks(await readFile('/proc/self/mountinfo', 'utf8'), folder);
  const areFolders = await Promise.all(points.map(isFolder));
  return points.filter((_, index) => areFolders[index]);
};
