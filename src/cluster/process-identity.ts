// Tells a process from a later one with the same number.
import { readFile } from 'node:fs/promises';

export type ProcessIdentity = {
  readonly pid: number;
  /** Boot, and clock ticks from boot to start (field 22 of proc_pid_stat(5)). */
  readonly startedAt: string;
};

const identityOf = async (pid: number): Promise<ProcessIdentity> => {
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'latin1'),
    readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
  ]);
  // Fields after the name, which may hold anything: state is the third.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, startedAt: `${boot.trim()}:${fields[19]}` };
};

export const ownIdentity = (): Promise<ProcessIdentity> => identityOf(process.pid);

export const isAlive = async ({ pid, startedAt }: ProcessIdentity): Promise<boolean> => {
  try {
    return (await identityOf(pid)).startedAt === startedAt;
  } catch {
    return false;
  }
};
