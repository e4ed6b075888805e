// Starts process 1 of a namespace node.
import { fileURLToPath } from 'node:url';
import { type Launched, launch } from '../embedded/launch.ts';

const nodeScript = fileURLToPath(new URL('./node.sh', import.meta.url));

export type NodeLaunch = {
  readonly tag: string;
  readonly node: string;
  readonly folder: string;
  /** Addresses with prefix lengths. */
  readonly ipv4: string;
  readonly ipv6: string;
  /** Mount points of the machine that the node shall see as well, outer ones first. */
  readonly mountPoints: readonly string[];
};

/** Starts a node. It says `born`, then awaits its wire and `go`, then says `net`. */
export const launchNode = ({ tag, node, folder, ipv4, ipv6, mountPoints }: NodeLaunch): Launched =>
  launch(
    node,
    ['--mount', '--uts', '--ipc', '--net', '--propagation', 'private'],
    [nodeScript, tag, node, folder, ipv4, ipv6, ...mountPoints],
  );
