// `ordeal doctor`: what this machine can do, and the one command that would make it do the rest.
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import type { CommandModule } from 'yargs';
import { exitCodes } from '../base/errors.ts';
import { missingPackages } from '../cluster/packages.ts';

type Finding = { readonly ok: boolean; readonly says: string; readonly fix?: string };
type Probe = {
  readonly name: string;
  /** Needed for the main job on the embedded cluster. */
  readonly needed: boolean;
  readonly probe: () => Promise<Finding>;
};

/** Runs a program; its first line of output, or undefined when it is missing or fails. */
const firstLine = async (argv: readonly [string, ...string[]]): Promise<string | undefined> => {
  const [file, ...args] = argv;
  const result = await execa(file, args, {
    reject: false,
    timeout: 10_000,
    all: true,
    stdin: 'ignore',
  });
  return result.failed ? undefined : (result.all.split('\n')[0]?.trim() ?? '');
};

const program =
  (options: { path: string; argv: readonly [string, ...string[]]; package: string }) =>
  async (): Promise<Finding> => {
    if (!existsSync(options.path))
      return {
        ok: false,
        says: `${options.path} is missing`,
        fix: `apt-get install ${options.package}`,
      };
    const line = await firstLine(options.argv);
    return { ok: true, says: line === undefined || line === '' ? options.path : line };
  };

const isRoot = (): boolean => process.getuid?.() === 0;

/** Tries a program inside throw-away namespaces, so that nothing of the machine is touched. */
const inNamespace = async (argv: readonly string[]): Promise<{ ok: boolean; text: string }> => {
  const result = await execa('unshare', ['--net', '--mount', '--', ...argv], {
    reject: false,
    timeout: 10_000,
    all: true,
    stdin: 'ignore',
  });
  return { ok: !result.failed, text: (result.all ?? '').split('\n')[0]?.trim() ?? '' };
};

const netem = async (): Promise<Finding> => {
  const tried = await inNamespace([
    'tc',
    'qdisc',
    'add',
    'dev',
    'lo',
    'root',
    'netem',
    'delay',
    '1ms',
  ]);
  if (tried.ok) return { ok: true, says: 'the kernel has sch_netem' };
  return {
    ok: false,
    says: `no netem in this kernel (${tried.text || 'tc failed'})`,
    fix: 'partitions work without it, and nodes of --cluster uml have it; so do kernels with sch_netem',
  };
};

const programs = async (): Promise<Finding> => {
  const missing = await missingPackages(['cluster', 'faults', 'etcd']);
  if (missing.length === 0)
    return { ok: true, says: 'everything that the embedded cluster and etcd need is there' };
  const packages = [...new Set(missing.map((entry) => entry.package))].join(' ');
  return {
    ok: false,
    says: `missing: ${missing.map((entry) => entry.provides).join(', ')}`,
    fix: `apt-get install -y --no-install-recommends ${packages}`,
  };
};

/** What the cluster kind `uml` needs beyond what `netns` does. */
const kernels = async (): Promise<Finding> => {
  const packages = [...new Set((await missingPackages(['uml'])).map((entry) => entry.package))];
  if (packages.length > 0)
    return {
      ok: false,
      says: 'nodes cannot have kernels of their own (--cluster uml)',
      fix: `apt-get install -y --no-install-recommends ${packages.join(' ')}`,
    };
  if (!existsSync('/dev/net/tun'))
    return { ok: false, says: 'no /dev/net/tun for --cluster uml', fix: 'modprobe tun' };
  const version = await firstLine(['/usr/bin/linux.uml', '--version']);
  return { ok: true, says: `nodes can have kernels of their own, ${version} (--cluster uml)` };
};

const probes: readonly Probe[] = [
  {
    name: 'root',
    needed: true,
    probe: async () =>
      isRoot()
        ? { ok: true, says: 'running as root' }
        : { ok: false, says: `running as user ${process.getuid?.()}`, fix: 'run as root (sudo)' },
  },
  { name: 'programs', needed: true, probe: programs },
  {
    name: 'namespaces',
    needed: true,
    probe: async () => {
      const tried = await inNamespace(['true']);
      return tried.ok
        ? { ok: true, says: 'network and mount namespaces can be made' }
        : {
            ok: false,
            says: tried.text || 'unshare failed',
            fix: 'run as root on a kernel with namespaces, outside of an unprivileged container',
          };
    },
  },
  {
    name: 'sshd',
    needed: true,
    probe: program({ path: '/usr/sbin/sshd', argv: ['ssh', '-V'], package: 'openssh-server' }),
  },
  {
    name: 'etcd',
    needed: true,
    probe: program({ path: '/usr/bin/etcd', argv: ['etcd', '--version'], package: 'etcd-server' }),
  },
  {
    name: 'nft',
    needed: false,
    probe: async () => {
      const tried = await inNamespace(['nft', 'add', 'table', 'inet', 'ordeal_doctor']);
      return tried.ok
        ? { ok: true, says: 'nftables rules can be made' }
        : { ok: false, says: tried.text || 'nft failed', fix: 'apt-get install nftables' };
    },
  },
  {
    name: 'iptables',
    needed: false,
    probe: program({ path: '/usr/sbin/iptables', argv: ['iptables', '-V'], package: 'iptables' }),
  },
  { name: 'netem', needed: false, probe: netem },
  {
    name: 'kvm',
    needed: false,
    probe: async () =>
      existsSync('/dev/kvm')
        ? { ok: true, says: '/dev/kvm is there' }
        : { ok: false, says: 'no /dev/kvm (not needed)' },
  },
  { name: 'kernels (uml)', needed: false, probe: kernels },
];

export const doctorCommand: CommandModule = {
  command: 'doctor',
  describe: 'Tell what this machine can do, and what would make it do more',
  builder: (yargs) =>
    yargs.example(
      '$0 doctor',
      'exit code 0 when the embedded cluster and etcd can run, 4 otherwise',
    ),
  handler: async () => {
    const findings = await Promise.all(
      probes.map(async (entry) => ({ ...entry, finding: await entry.probe() })),
    );
    const width = Math.max(...probes.map(({ name }) => name.length));
    for (const { name, needed, finding } of findings) {
      const mark = finding.ok ? 'ok  ' : needed ? 'FAIL' : 'no  ';
      process.stdout.write(`${mark} ${name.padEnd(width)}  ${finding.says}\n`);
      if (!finding.ok && finding.fix)
        process.stdout.write(`${' '.repeat(width + 7)}→ ${finding.fix}\n`);
    }
    if (findings.some(({ needed, finding }) => needed && !finding.ok))
      process.exitCode = exitCodes.infrastructure;
  },
};
