import type { Proc } from '../proc/proc.ts';

/** What this process may do; null where that could not be read. */
export interface Powers {
  readonly isRoot: boolean;
  /** CAP_SYS_PTRACE is effective. */
  readonly seesAll: boolean | null;
  /** It may list any folder: `/proc/PID/fd` of other users is closed to all others. */
  readonly lists: boolean;
  /** It may have the kernel run programs for it that look at the kernel's own memory: CAP_SYS_ADMIN, or two of its parts. */
  readonly loadsPrograms: boolean;
  /** A filter says which system calls it may make (seccomp(2)). */
  readonly isFiltered: boolean;
  /** It is in another user namespace than the machine's first. */
  readonly isNested: boolean;
}

/** <linux/capability.h> */
const capability = {
  ...({ dacOverride: 1n, dacReadSearch: 2n, sysPtrace: 19n } as const),
  ...({ sysAdmin: 21n, perfmon: 38n, bpf: 39n } as const),
};

/** What this process may do, as /proc tells it. */
export function powersOf(proc: Proc): Powers {
  const status = textOf(proc, 'self/status');
  const [, euid] = /^Uid:\s+\d+\s+(\d+)/m.exec(status) ?? [];
  const [, effective] = /^CapEff:\s+([0-9a-f]+)$/m.exec(status) ?? [];
  const map = textOf(proc, 'self/uid_map').trim().split(/\s+/);
  const all = BigInt(`0x${effective ?? 0}`);
  const has = (name: keyof typeof capability) => ((all >> capability[name]) & 1n) === 1n;
  return {
    isRoot: euid === '0',
    seesAll: effective === undefined ? null : has('sysPtrace'),
    lists: has('dacOverride') || has('dacReadSearch'),
    loadsPrograms: has('sysAdmin') || (has('perfmon') && has('bpf')),
    isFiltered: /^Seccomp:\s+2$/m.test(status),
    // The first one maps every user to itself.
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
