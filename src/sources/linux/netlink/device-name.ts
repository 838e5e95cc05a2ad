import { closeSync } from 'node:fs';
import type { Proc } from '../proc/proc.ts';
import { type Libc, loadLibc } from './libc.ts';

/** As much of libc as asks for a name. */
type NamingLibc = Pick<Libc, 'deviceName' | 'openSockDiag'>;

/** Milliseconds; nothing is waited for. */
const patience = 1000;

/**
 * Asks the kernel for names of interfaces, by a socket of sock_diag: whoever could open one for sockets can open one for
 * these. `open`: opens it in another network namespace than the own; below zero: it could not.
 */
export function deviceNamer(
  open: (libc: NamingLibc, timeout: number) => number = (libc, timeout) =>
    libc.openSockDiag(timeout),
  load: () => NamingLibc | null = loadLibc,
): NonNullable<Proc['deviceName']> {
  let libc: NamingLibc | null | undefined;
  return (index) => {
    if (libc === undefined) libc = load();
    if (libc === null) return null;
    const descriptor = open(libc, patience);
    if (descriptor < 0) return null;
    try {
      return libc.deviceName(descriptor, index);
    } finally {
      closeSync(descriptor);
    }
  };
}
