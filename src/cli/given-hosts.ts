// Tests on hosts of the user's own: what an inventory means for a command line, and consent before anything is touched.
import { usageError } from '../base/errors.ts';
import { type Inventory, readInventory } from '../cluster/ssh/inventory.ts';
import type { Plan } from './test-options.ts';

type Values = Readonly<Record<string, unknown>>;

/** The inventory that a command line names; a usage error when its options contradict each other. */
export const inventoryOf = async (values: Values): Promise<Inventory | undefined> => {
  const { inventory, cluster } = values;
  if (inventory === undefined) {
    if (cluster !== 'ssh') return undefined;
    throw usageError('--cluster ssh needs --inventory', 'It names the file that lists the hosts.');
  }
  if (cluster !== 'ssh' && cluster !== 'netns')
    throw usageError(`--inventory is for --cluster ssh, not ${String(cluster)}`);
  if (values['cluster-name'] !== undefined)
    throw usageError('--inventory and --cluster-name name two clusters');
  return readInventory(String(inventory));
};

/** All hosts of an inventory are the nodes, and its path is the cluster's name. */
export const withHostsOf = (inventory: Inventory, values: Values): Values => ({
  ...values,
  cluster: 'ssh',
  'cluster-name': inventory.file,
  nodes: inventory.hosts.length,
});

/** What a run does to each host, for those who have to agree to it. */
const dryRun = (plan: Plan, hosts: readonly string[]): readonly string[] => [
  'A run would, on each of these hosts:',
  ...hosts.map((host) => `  ${host}`),
  `install ${plan.systemName} as root, delete the data it keeps there, start it, and stop it at the end`,
  plan.nemeses.length === 0
    ? 'inject no faults'
    : `inject faults every ${plan.nemesisInterval} s for ${plan.timeLimitSeconds} s: ${plan.nemeses.map(({ name }) => name).join(', ')}`,
  `run ${plan.concurrency} clients of workload ${plan.workloadName}, ${plan.rate} operations a second`,
  'write below /run/ordeal, and remove that at the end',
];

/** Unless all hosts are marked disposable, shows what a run would do and demands `--yes`. */
export const requireConsent = (inventory: Inventory, plan: Plan, values: Values): void => {
  const kept = inventory.hosts.filter(
    ({ disposable = inventory.defaults?.disposable }) => disposable !== true,
  );
  if (kept.length === 0) return;
  const hosts = kept.map(({ name, host }) => `${name} (${host})`);
  process.stdout.write(`${dryRun(plan, hosts).join('\n')}\n`);
  if (values['yes'] === true) return;
  throw usageError(
    `${inventory.file}: not marked disposable: ${hosts.join(', ')}`,
    'Nothing was touched. Agree with --yes, or say disposable: true in the inventory.',
  );
};
