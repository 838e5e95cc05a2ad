import type { InetFamily, InetProtocol, InetSocket, Timer } from '../../model/socket.js';
import { endpointReader } from './endpoint-reader.js';
import { scan, scanDecimal, scanHex, skipBlanks } from './scan.js';
import { datagramStateOf, tcpStateOf } from './states.js';

/**
 * Rows of /proc/net/{tcp,tcp6,udp,udp6,udplite,udplite6,raw,raw6}:
 * `sl: local:port remote:port st tx:rx tr:when retrnsmt uid timeout inode …`
 * (net/ipv4/tcp_ipv4.c tcp4_seq_show, net/ipv4/udp.c udp4_seq_show, net/ipv4/raw.c, and their IPv6
 * twins). Kernels add columns at the end, and rows of TIME_WAIT and SYN_RECV are shorter, so fields
 * are counted from the left and what follows the inode is left alone; rows that end before the uid are
 * whole too.
 */
export type RowParser = (bytes: Uint8Array, start: number, end: number) => InetSocket | null;

const timerKinds: readonly Timer['kind'][] = ['off', 'on', 'keepalive', 'timewait', 'probe'];
const timerOff: Timer = { kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 };

/** /proc prints times in USER_HZ, which is 100 on every machine this runs on. */
const millisecondsPerTick = 10;

/** A parser for one table. `littleEndian` is of the machine that wrote it. It never throws: null is a row it cannot read. */
export function inetRowParser(
  protocol: InetProtocol,
  family: InetFamily,
  littleEndian: boolean,
): RowParser {
  const stateOf = protocol === 'tcp' ? tcpStateOf : datagramStateOf;
  const endpoint = endpointReader(family, littleEndian);
  return (bytes, start, end) => {
    scanDecimal(bytes, skipBlanks(bytes, start, end), end);
    if (bytes[scan.cursor] !== 58) return null;
    const local = endpoint(bytes, skipBlanks(bytes, scan.cursor + 1, end), end);
    if (local === null) return null;
    const remote = endpoint(bytes, skipBlanks(bytes, scan.cursor, end), end);
    if (remote === null) return null;

    const code = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
    const sendQueue = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
    if (bytes[scan.cursor] !== 58) return null;
    const recvQueue = scanHex(bytes, scan.cursor + 1, end);
    const timerCode = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
    if (bytes[scan.cursor] !== 58) return null;
    const ticks = scanHex(bytes, scan.cursor + 1, end);
    const retransmits = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
    // A field that is not there reads as -1.
    if (code < 0 || timerCode < 0) return null;
    if (sendQueue < 0 || recvQueue < 0 || ticks < 0 || retransmits < 0) return null;
    const uid = scanDecimal(bytes, skipBlanks(bytes, scan.cursor, end), end);
    const probes = Math.max(0, scanDecimal(bytes, skipBlanks(bytes, scan.cursor, end), end));
    const inode = scanDecimal(bytes, skipBlanks(bytes, scan.cursor, end), end);

    const timer: Timer =
      timerCode === 0 && ticks === 0 && retransmits === 0 && probes === 0
        ? timerOff
        : {
            kind: timerKinds[timerCode] ?? `unknown(${timerCode})`,
            expiresIn: ticks * millisecondsPerTick,
            retransmits,
            probes,
          };
    return {
      protocol,
      family,
      local,
      remote,
      state: stateOf(code),
      recvQueue,
      sendQueue,
      timer,
      uid: uid < 0 ? null : uid,
      inode: inode <= 0 ? null : inode,
      owners: null,
      noOwner: null,
    };
  };
}
