// Makes a cluster of this machine and dies by kill -9 on the way: after so many steps, or after so many milliseconds.
// Arguments: state folder, name, `step` or `ms`, number, kind (netns unless told).
import { netnsProvider } from '../../src/cluster/netns/provider.ts';
import { umlProvider } from '../../src/cluster/uml/provider.ts';

const [stateFolder = '', name = '', unit = 'step', number = '0', kind = 'netns'] =
  process.argv.slice(2);
const die = () => process.kill(process.pid, 'SIGKILL');
let steps = Number(number);
if (unit === 'ms') setTimeout(die, Number(number));
const provider = kind === 'uml' ? umlProvider({ stateFolder }) : netnsProvider({ stateFolder });
await provider.up({
  name,
  nodeCount: 3,
  onProgress: () => {
    if (unit === 'step' && steps-- === 0) die();
  },
});
process.stdout.write('ready\n');
die();
