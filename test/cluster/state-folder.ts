// Before the cluster suite: a folder for the state of the clusters that its commands make; gone when the suite is over.
import { mkdtempSync, rmSync } from 'node:fs';

let folder = '';

export const setup = (): void => {
  folder = mkdtempSync('/var/tmp/ordeal-state-'); // on a disk: overlays cannot be stacked on overlays
  process.env['ORDEAL_TEST_STATE'] = folder;
};

export const teardown = (): void => rmSync(folder, { recursive: true, force: true });
