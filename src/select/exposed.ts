import { isLoopback } from '../model/address/read.ts';
import { isListening } from '../model/socket/classify.ts';
import { isOnLoopback } from '../model/socket/device.ts';
import { isOnlyOwn } from '../model/socket/exposure.ts';
import { isAtGoneAddress } from '../model/socket/gone-address.ts';
import type { Socket } from '../model/socket/socket.ts';
import { answer, type Condition, lateCondition, plainCondition } from './condition.ts';

/**
 * Whether other machines may be able to reach the socket: a server of TCP, SCTP, UDP, UDP-Lite or raw IP whose
 * local address is not a loopback address, and which is not known to be bound to the loopback interface, or only to
 * addresses that its network does not have. An address that means any counts.
 */
function isExposed(socket: Socket): boolean {
  if (socket.protocol === 'unix' || !isListening(socket)) return false;
  // Windows and macOS also list TCP sockets that are bound or closed, which have no peer either.
  if (socket.protocol === 'tcp' && socket.state !== 'LISTEN') return false;
  if (isOnLoopback(socket) || isAtGoneAddress(socket)) return false;
  return ![socket.local.address, ...(socket.localAlternates ?? [])].every(isLoopback);
}

/** Whether a port of the host leads to it, at an address other than a loopback one. */
function isPublished({ exposure }: Socket): boolean {
  return !(exposure?.published ?? []).every(isOnlyOwn);
}

/**
 * `--exposed` as a condition. `everywhere`: sockets of other network namespaces may be included, which are exposed
 * only if a port of the host leads to them. That is asked then, and with it whether a server's address is gone.
 */
export function exposedCondition(everywhere: boolean): Condition {
  if (!everywhere) return plainCondition(isExposed, ['devices']);
  const isOpen = (socket: Socket) =>
    isExposed(socket) &&
    socket.exposure?.kind !== 'nowhere' &&
    (socket.netns?.own !== false || isPublished(socket));
  const answers = (socket: Socket) => (isExposed(socket) ? answer.yes | answer.no : answer.no);
  const late = lateCondition(isOpen, ['exposure']);
  const known = (socket: Socket) => isExposed(socket) && late.known(socket);
  return { ...late, possible: isExposed, answers, known };
}
