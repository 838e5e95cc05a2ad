import { isIPv4 } from 'node:net';
import type { InetSocket, Timer } from '../../../../src/model/socket/socket.ts';

const timerCodes: readonly Timer['kind'][] = ['off', 'on', 'keepalive', 'timewait', 'probe'];

const stateCodes: Readonly<Record<string, number>> = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  UNCONN: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
  BOUND: 13,
};

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, '0');
}

function codeOf(text: string, codes: Readonly<Record<string, number>>): number {
  return codes[text] ?? Number(/\((\d+)\)/.exec(text)?.[1]);
}

/** The bytes of an address, in network order. */
function bytesOf(address: string): number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = host.split('::');
  const groups = (part: string | undefined) => (part ? part.split(':') : []);
  const gap = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(gap).fill('0'), ...groups(tail)].flatMap((group) => {
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 255];
  });
}

/** An address as the kernel prints it: words in the machine's own byte order. */
export function addressDigits(address: string, littleEndian: boolean): string {
  const bytes = bytesOf(address);
  let digits = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4);
    digits += (littleEndian ? word.toReversed() : word).map((byte) => hex(byte, 2)).join('');
  }
  return digits;
}

/** A socket as a row of /proc/net/tcp and its kin, in the kernel's form. */
export function inetLine(socket: InetSocket, littleEndian = true): string {
  const { local, remote, state, sendQueue, recvQueue, timer, uid, inode } = socket;
  const end = ({ address, port }: InetSocket['local']) =>
    `${addressDigits(address, littleEndian)}:${hex(port, 4)}`;
  const { kind, expiresIn, retransmits, probes } = timer as Timer;
  const timerCode = timerCodes.includes(kind) ? timerCodes.indexOf(kind) : codeOf(kind, {});
  return (
    `   0: ${end(local)} ${end(remote)} ${hex(codeOf(state as string, stateCodes), 2)} ` +
    `${hex(sendQueue ?? 0, 8)}:${hex(recvQueue ?? 0, 8)} ` +
    `${hex(timerCode, 2)}:${hex(expiresIn / 10, 8)} ${hex(retransmits, 8)} ` +
    `${String(uid).padStart(5)} ${String(probes).padStart(8)} ${inode ?? 0} 1 0000000000000000`
  );
}
