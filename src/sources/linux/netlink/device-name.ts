import { type Libc, loadLibc } from '../libc.ts';
import type { Proc } from '../proc/proc.ts';
import { closeForeign } from '../threads/close-foreign.ts';

/** The parts of libc that look up a name. */
type NamingLibc = Pick<Libc, 'deviceName' | 'openSockDiag'>;

/** The socket's timeout in milliseconds; nothing waits for it. */
const patience = 1000;

/**
 * Looks up names of interfaces through a sock_diag socket: that needs no more permission than listing sockets.
 * `open`: opens it in another network namespace than the own; negative: not possible.
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
      closeForeign(descriptor);
    }
  };
}
