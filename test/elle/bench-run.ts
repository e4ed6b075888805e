// One measurement in a process of its own: builds a large history, judges it a few times, prints the figures as JSON.
import { check } from 'elle-js-bridge';
import { type BigOptions, bigHistory, ringHistory } from './big-histories.ts';

const [history, options, rounds] = process.argv.slice(2).map((text) => JSON.parse(text)) as [
  BigOptions & { readonly ring?: boolean },
  object,
  number,
];
const columns = history.ring ? ringHistory(history.txns) : bigHistory(history);
let [wall, cpu] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
let valid: unknown;
for (let round = 0; round < rounds; round++) {
  const began = performance.now();
  const usage = process.cpuUsage();
  const result = check(columns, { workload: history.workload, ...options });
  const { user, system } = process.cpuUsage(usage);
  valid = result.error?.code ?? result.valid;
  wall = Math.min(wall, (performance.now() - began) / 1000);
  cpu = Math.min(cpu, (user + system) / 1e6);
}
process.stdout.write(
  `${JSON.stringify({ wall, cpu, valid, peakMiB: process.resourceUsage().maxRSS / 1024 })}\n`,
);
