import type { SocketList } from '../owners/wanted-sockets.ts';
import { assembler, type Program } from './instructions.ts';
import { follow, writeOut } from './program-parts.ts';
import { addressOfMark, leaveUnlessWanted } from './wanted-bits.ts';

/**
 * The kernel calls these for each socket in a list of the reader's network namespace: net/ipv4/tcp_ipv4.c and
 * net/ipv4/udp.c (since Linux 5.9), net/unix/af_unix.c (5.15). In TCP's list, listeners come first.
 */
export const listedBy = {
  tcp: 'bpf_iter_tcp',
  udp: 'bpf_iter_udp',
  unix: 'bpf_iter_unix',
} as const satisfies Record<SocketList, string>;

/** What is written of each wanted socket: its inode. */
export const markedSize = 8;

/** <net/tcp_states.h> */
const listening = 10;

/** Offset of the kernel's argument, the socket. */
const argument = 8;
const entry = -markedSize;
const scratch = entry - 8;
const [context, sock, socket, file] = [6, 7, 8, 9] as const;

/** The program's answer to be called no more; the kernel then returns EAGAIN if nothing was written. */
const stop = 1;

/**
 * A program that marks the open file of each wanted socket, and writes the socket's inode. It ends with the first
 * connection of TCP. `shared`: the descriptor of a map with `bitsAndMarks`.
 */
export function markingProgram(list: SocketList, shared: number): Program {
  const assembly = assembler();
  const { copy, load, leaveIf } = assembly;
  copy(context, 1);
  load(8, sock, context, argument);
  // Null in the final call.
  leaveIf(sock, '==', 0);
  if (list === 'tcp') {
    copy(3, sock);
    follow(assembly, 1, ['sock_common', 'skc_state'], scratch);
    assembly.unless(3, listening, () => assembly.endWith(stop));
  }
  copy(3, sock);
  follow(assembly, 8, ['sock', 'sk_socket'], scratch);
  copy(socket, 3);
  leaveIf(socket, '==', 0);
  follow(assembly, 8, ['socket', 'file'], scratch);
  copy(file, 3);
  // The file of a TCP socket that is a part of one of MPTCP is the other's.
  if (list !== 'udp') leaveIf(file, '==', 0);
  copy(3, socket);
  assembly.addPlaceOf(3, ['socket_alloc', 'vfs_inode']);
  follow(assembly, 8, ['inode', 'i_ino'], scratch);
  assembly.store(8, 10, entry, 3);
  leaveUnlessWanted(assembly, shared);
  // The kernel's own sockets, such as WireGuard's, have no file, and no owner.
  assembly.unless(file, 0, () => {
    addressOfMark(assembly, 1, file, shared);
    assembly.storeNumber(1, 1, 0, 1);
  });
  writeOut(assembly, context, entry, markedSize);
  return assembly.finish(0);
}
