import type { Warning } from '../../../model/snapshot.ts';
import type { Proc } from '../proc/proc.ts';
import type { Unseen } from './unseen.ts';

/** Sockets whose owners may be among processes that may not be looked into, or not even be seen. */
export function deniedWarning(proc: Proc, unseen: Unseen, missing: number): Warning {
  const sockets = missing === 1 ? '1 socket' : `${missing} sockets`;
  const causes: string[] = [];
  if (unseen.denied > 0) {
    const processes = unseen.denied === 1 ? '1 process' : `${unseen.denied} processes`;
    causes.push(`${processes} may not be looked into`);
  }
  if (unseen.hidden) causes.push(`${proc.root} hides other users' processes (hidepid)`);
  return {
    code: 'owners-denied',
    message: `the owners of ${sockets} could not be told: ${causes.join(', and ')}; ${remedy(proc, unseen)}`,
    source: proc.root,
  };
}

/** Processes that an error kept from being looked into. */
export function failedWarning(proc: Proc, { failed, error }: Unseen): Warning {
  const processes = failed === 1 ? '1 process' : `${failed} processes`;
  const why = error === null ? '' : ` (${meanings[error] ?? error})`;
  return {
    code: 'owners-failed',
    message: `owners may be missing: ${processes} could not be looked into${why}`,
    source: proc.root,
  };
}

const meanings: Readonly<Record<string, string>> = {
  EMFILE: 'EMFILE: this process may open no more files; raise `ulimit -n`',
  ENFILE: 'ENFILE: this machine may open no more files; raise fs.file-max',
  ENOMEM: 'ENOMEM: the kernel had no memory for it',
};

/** What would help, given what this process may do already. */
function remedy(proc: Proc, { denied }: Unseen): string {
  if (!proc.isLive) return 'whoever captured them could not see more';
  const may = readPowers(proc);
  if (may.seesAll === null || (!may.seesAll && !may.isRoot)) {
    return 'root (with CAP_SYS_PTRACE) would see them';
  }
  if (may.isNested) {
    return `this ${may.isRoot ? 'root' : 'process'} is of a user namespace of its own: the machine's root would see them`;
  }
  if (!may.seesAll) return 'this root lacks CAP_SYS_PTRACE, with which it would see them';
  return denied > 0
    ? 'CAP_SYS_PTRACE is there, so a security module (SELinux, AppArmor, Landlock…) or a sandbox keeps them from being seen'
    : 'mount it with hidepid=0 to see them';
}

/** What this process may do; null where that could not be read. */
interface Powers {
  readonly isRoot: boolean;
  /** CAP_SYS_PTRACE is effective. */
  readonly seesAll: boolean | null;
  /** It is in another user namespace than the machine's first. */
  readonly isNested: boolean;
}

/** <linux/capability.h> */
const capSysPtrace = 19n;

function readPowers(proc: Proc): Powers {
  const status = textOf(proc, 'self/status');
  const [, euid] = /^Uid:\s+\d+\s+(\d+)/m.exec(status) ?? [];
  const [, effective] = /^CapEff:\s+([0-9a-f]+)$/m.exec(status) ?? [];
  const map = textOf(proc, 'self/uid_map').trim().split(/\s+/);
  return {
    isRoot: euid === '0',
    seesAll:
      effective === undefined ? null : ((BigInt(`0x${effective}`) >> capSysPtrace) & 1n) === 1n,
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
