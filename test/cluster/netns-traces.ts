// What clusters of one state folder have left on this machine, so that tests can say: nothing.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Numbers of processes whose command line or root names the folder. */
export const processesOf = async (stateFolder: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter(
    (entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid,
  );
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
      return line.includes(`@${stateFolder}/`) || mounts.includes(stateFolder) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
};

const claims = '/run/ordeal-subnets';

/** Subnets that are held now, by number, with the folder of the holder. */
const holders = async (): Promise<ReadonlyMap<number, string>> => {
  const entries = await readdir(claims).catch(() => []);
  const pairs = await Promise.all(
    entries.map(
      async (entry) =>
        [Number(entry), await readlink(join(claims, entry)).catch(() => '')] as const,
    ),
  );
  return new Map(pairs);
};

/** Subnets that clusters of the state folder hold now. */
export const heldSubnets = async (stateFolder: string): Promise<readonly number[]> =>
  [...(await holders())].flatMap(([subnet, folder]) =>
    folder.startsWith(`${stateFolder}/`) ? [subnet] : [],
  );

/** Names of the clusters in these tests; other tests have namespaces of their own. */
const ours = /^ordeal-(three|red|red-2|green|blue|same|cancelled|victim)-/;

/** Every trace, as readable lines. `subnets` are those that its clusters had; one may be somebody else's by now. */
export const tracesOf = async (
  stateFolder: string,
  subnets: readonly number[],
): Promise<readonly string[]> => {
  const before = await holders();
  const [links, mounts, routes, netns, processes] = await Promise.all([
    readdir('/sys/class/net'),
    readFile('/proc/self/mountinfo', 'utf8'),
    execa('ip', ['route', 'show', 'table', 'all']),
    execa('ip', ['netns', 'list']),
    processesOf(stateFolder),
  ]);
  const after = await holders();
  const free = subnets.filter((subnet) => !before.has(subnet) && !after.has(subnet));
  const lines = (text: string) => text.split('\n');
  return [
    ...free.map((subnet) => `ordeal${subnet}`).filter((link) => links.includes(link)),
    ...lines(mounts).filter((line) => line.includes(stateFolder)),
    ...lines(routes.stdout).filter((line) =>
      free.some((subnet) => line.includes(`10.213.${subnet}.`)),
    ),
    ...lines(netns.stdout).filter((line) => ours.test(line)),
    ...processes.map((pid) => `process ${pid}`),
    ...(await heldSubnets(stateFolder)).map((subnet) => `subnet ${subnet}`),
    ...(await readdir(join(stateFolder, 'clusters')).catch(() => [])),
  ];
};
