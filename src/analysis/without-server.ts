import { groupedBy } from '../model/add-to.ts';
import { isInRange } from '../model/address/port.ts';
import type { OpeningEnd } from './opening-end.ts';
import { dynamicPorts, isGivenAway, type LocalPorts } from './port-range.ts';
import type { ConnectionLine } from './service-connections.ts';

/**
 * What a connection is to a port at which nothing listens. `incoming`: it was opened to the port. `outgoing`: it was opened
 * to that port of others. `opened`: it was opened from the port. `unclear`: to it or from it. `same`: the other end of one
 * that is counted.
 */
export type WithoutServer = 'incoming' | 'outgoing' | 'opened' | 'unclear' | 'same';

/** What tells who opened the connections of a port. */
interface Signs {
  readonly localPorts: LocalPorts;
  /** Whether somebody listens at a local port of the line's protocol and network. */
  readonly isServed: (line: ConnectionLine, port: number) => boolean;
}

/** The lowest port that a program without privileges can have. */
const firstUnprivileged = 1024;

/** The port that FTP servers open connections for data from (RFC 959, section 3.2). */
const ftpData = 20;

/** Which of these each line is, by all of them. */
export function withoutServer(
  asked: number,
  lines: readonly ConnectionLine[],
  signs: Signs,
): (line: ConnectionLine) => WithoutServer {
  const endOf = certainEnds(lines, signs);
  const atPort = lines.filter(({ port }) => port === asked);
  const groups = groupedBy(atPort, groupOf);
  const likely = new Map([...groups].map(([key, group]) => [key, likelyEnd(group, endOf, signs)]));
  return (line) => {
    const { port, otherPort, isOwn } = line;
    if (port !== asked) {
      const isIncoming = endOf(line) === 'remote' || signs.isServed(line, port);
      if (!isIncoming) return 'outgoing';
      return isOwn ? 'same' : 'opened';
    }
    const end = endOf(line) ?? likely.get(groupOf(line))?.(line) ?? null;
    if (end === 'remote') return 'incoming';
    if (otherPort === asked) return isOwn ? 'opened' : 'outgoing';
    return end === null ? 'unclear' : 'opened';
  };
}

function groupOf({ protocol, network }: Pick<ConnectionLine, 'protocol' | 'network'>): string {
  return `${protocol} ${network}`;
}

/** The end that opened a connection, as it tells by itself or by its other end, if that is on this machine too. */
function certainEnds(
  lines: readonly ConnectionLine[],
  signs: Signs,
): (line: ConnectionLine) => OpeningEnd | null {
  const own = groupedBy(
    lines.filter(({ isOwn }) => isOwn),
    ({ port, otherPort, ...line }) => `${groupOf(line)} ${port} ${otherPort}`,
  );
  function byOther(line: ConnectionLine): OpeningEnd | null {
    const { port, otherPort, isOwn } = line;
    if (!isOwn || port === otherPort) return null;
    const others = own.get(`${groupOf(line)} ${otherPort} ${port}`) ?? [];
    const ends = new Set(others.map((other) => ownEnd(other, signs)));
    const [end = null] = ends.size === 1 ? ends : [];
    return end && opposite[end];
  }
  return (line) => ownEnd(line, signs) ?? byOther(line);
}

const opposite = { local: 'remote', remote: 'local' } as const;

/** The end that opened a connection, as it tells by itself; a UDP socket is connected by its own program. */
function ownEnd(line: ConnectionLine, { isServed }: Signs): OpeningEnd | null {
  const { protocol, otherPort, isOwn, openedBy } = line;
  const isConnected = protocol === 'udp' || protocol === 'udplite';
  return isConnected || (isOwn && isServed(line, otherPort)) ? 'local' : openedBy;
}

/**
 * The end that probably opened a connection, by the others of its port, protocol and network. Linux gives a connection no
 * port that a server has bound, and a server none that a connection has: all of a port were opened from the same end.
 */
function likelyEnd(
  group: readonly ConnectionLine[],
  endOf: (line: ConnectionLine) => OpeningEnd | null,
  { localPorts }: Signs,
): (line: ConnectionLine) => OpeningEnd | null {
  const known = new Set(group.flatMap((line) => endOf(line) ?? []));
  const [end = null] = known.size === 1 ? known : [];
  if (end !== null) return () => end;
  const isGiven = (port: number) => isGivenAway(localPorts, port) || isInRange(dynamicPorts, port);
  // Clients have a port for each connection; a server has one for all.
  const isOfClients = hasPortsOfOne(group) || portsOf(group).filter(isGiven).length > 1;
  return ({ port, otherPort }) => {
    if (port === ftpData) return null;
    if (isOfClients) return 'remote';
    if (isGivenAway(localPorts, port)) return otherPort < firstUnprivileged ? 'local' : null;
    return isGiven(otherPort) ? 'remote' : null;
  };
}

/** Whether one address has connections from several ports. */
function hasPortsOfOne(lines: readonly ConnectionLine[]): boolean {
  const byAddress = groupedBy(lines, ({ address }) => address);
  return [...byAddress.values()].some((those) => portsOf(those).length > 1);
}

/** The ports of the other ends. */
function portsOf(lines: readonly ConnectionLine[]): readonly number[] {
  return [...new Set(lines.map(({ otherPort }) => otherPort))];
}
