import type { Proc } from '../proc/proc.ts';
import { powerFiles } from '../proc-files.ts';
import { usersIn } from './process-users.ts';

/** The privileges of this process; null: could not be read. */
export interface Powers {
  readonly isRoot: boolean;
  /** CAP_SYS_PTRACE is effective. */
  readonly seesAll: boolean | null;
  /** It may list any directory; without that, `/proc/PID/fd` of other users cannot be listed. */
  readonly lists: boolean;
  /** It may load BPF programs that read kernel memory: CAP_SYS_ADMIN, or CAP_PERFMON and CAP_BPF. */
  readonly loadsPrograms: boolean;
  /** CAP_SYS_ADMIN is effective: it may enter network namespaces (setns(2)), if they belong to its user namespace. */
  readonly entersNetworks: boolean;
  /** A filter restricts its system calls (seccomp(2)). */
  readonly isFiltered: boolean;
  /** It is not in the initial user namespace. */
  readonly isNested: boolean;
}

/** <linux/capability.h> */
const capability = {
  ...({ dacOverride: 1n, dacReadSearch: 2n, sysPtrace: 19n } as const),
  ...({ sysAdmin: 21n, perfmon: 38n, bpf: 39n } as const),
};

/** Reads the privileges of this process from /proc. */
export function powersOf(proc: Proc): Powers {
  const status = textOf(proc, powerFiles.status);
  const [, effective] = /^CapEff:\s+([0-9a-f]+)$/m.exec(status) ?? [];
  const map = textOf(proc, powerFiles.userMap).trim().split(/\s+/);
  const all = BigInt(`0x${effective ?? 0}`);
  const has = (name: keyof typeof capability) => ((all >> capability[name]) & 1n) === 1n;
  return {
    isRoot: usersIn(status)?.effective === 0,
    seesAll: effective === undefined ? null : has('sysPtrace'),
    lists: has('dacOverride') || has('dacReadSearch'),
    loadsPrograms: has('sysAdmin') || (has('perfmon') && has('bpf')),
    entersNetworks: has('sysAdmin'),
    isFiltered: /^Seccomp:\s+2$/m.test(status),
    // The initial one maps every user to itself.
    isNested: map.length >= 3 && map.join(' ') !== '0 0 4294967295',
  };
}

function textOf(proc: Proc, path: string): string {
  try {
    return proc.readFile(path).toString('latin1');
  } catch {
    return '';
  }
}
