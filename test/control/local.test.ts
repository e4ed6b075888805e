// The local remote does what every remote does.
import { localRemote } from '../../src/control/remote.ts';
import { remoteConformance } from './conformance.ts';

remoteConformance('local', async () => {
  const remote = localRemote('n1');
  return { remote, dispose: () => remote.close() };
});
