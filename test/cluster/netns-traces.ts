// What clusters of one state folder have left on this machine, so that tests can say: nothing.
import { readdir, readFile } from 'node:fs/promises';
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

/** Names of the clusters in these tests; other tests have namespaces of their own. */
const ours = /^ordeal-(three|red|red-2|green|blue|same|cancelled|victim)-/;

/** Every trace, as readable lines. `subnets` are those that its clusters had. */
export const tracesOf = async (
  stateFolder: string,
  subnets: readonly number[],
): Promise<readonly string[]> => {
  const [links, mounts, routes, netns, processes] = await Promise.all([
    readdir('/sys/class/net'),
    readFile('/proc/self/mountinfo', 'utf8'),
    execa('ip', ['route', 'show', 'table', 'all']),
    execa('ip', ['netns', 'list']),
    processesOf(stateFolder),
  ]);
  const left = await Promise.all(
    ['clusters', 'subnets'].map((folder) => readdir(join(stateFolder, folder)).catch(() => [])),
  );
  return [
    ...subnets.map((subnet) => `ordeal${subnet}`).filter((link) => links.includes(link)),
    ...mounts.split('\n').filter((line) => line.includes(stateFolder)),
    ...routes.stdout
      .split('\n')
      .filter((line) => subnets.some((subnet) => line.includes(`10.213.${subnet}.`))),
    ...netns.stdout.split('\n').filter((line) => ours.test(line)),
    ...processes.map((pid) => `process ${pid}`),
    ...left.flat(),
  ];
};

/** Subnets that are held now. */
export const heldSubnets = async (stateFolder: string): Promise<readonly number[]> =>
  (await readdir(join(stateFolder, 'subnets')).catch(() => [])).map(Number);
