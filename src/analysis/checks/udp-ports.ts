import { familyOf, unmapped } from '../../model/address/text.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { counted, countText } from '../../text/counted.ts';
import { isGivenAway } from '../port-range.ts';
import type { Draft } from './check.ts';
import { percent, reachesShare } from './numbers.ts';
import type { AssignedPorts } from './ports-at-address.ts';

/** The assigned ports that UDP sockets have, from the point of view of a new socket. */
interface Taken {
  readonly taken: number;
  readonly sockets: readonly InetSocket[];
  /** It may accept IPv6 only: then IPv4 sockets can have the port too. */
  readonly isDoubtful: boolean;
  readonly family: 'inet' | 'inet6';
}

/**
 * Findings about ports for UDP, if they are taken up to a share in percent: one for all new sockets, or for those of
 * IPv6, which need a port that no IPv4 socket has either.
 */
export function crowdedUdp(
  sockets: readonly InetSocket[],
  assigned: AssignedPorts,
  { used, full }: { readonly used: number; readonly full: number },
): readonly Draft[] {
  const assignable = sockets.filter(({ local }) => isGivenAway(assigned, local.port));
  const found = [takenFrom(assignable, 'inet'), takenFrom(assignable, 'inet6')].find(({ taken }) =>
    reachesShare(taken, assigned.count, used),
  );
  if (found === undefined) return [];
  return [crowded(found, assigned, reachesShare(found.taken, assigned.count, full))];
}

/** The ports that a new socket of a family, bound to all addresses, cannot have. */
function takenFrom(all: readonly InetSocket[], family: 'inet' | 'inet6'): Taken {
  const blocks = ({ local }: InetSocket) =>
    family === 'inet6' || local.address === '::' || familyOf(unmapped(local.address)) === 'inet';
  const sockets = all.filter(blocks);
  return {
    taken: new Set(sockets.map(({ local }) => local.port)).size,
    sockets,
    isDoubtful: family === 'inet' && sockets.some(({ local }) => local.address === '::'),
    family,
  };
}

function crowded(
  { taken, sockets, isDoubtful, family }: Taken,
  assigned: AssignedPorts,
  isFull: boolean,
): Draft {
  const {
    count: ports,
    range: { first, last },
  } = assigned;
  return {
    severity: isFull ? 'critical' : 'warning',
    certainty: isDoubtful ? 'likely' : 'sure',
    title: `${percent(taken, ports)} % of the local ports for UDP${family === 'inet6' ? ' over IPv6' : ''} are taken`,
    observations: [
      `${counted(sockets.length, 'UDP socket')} ${sockets.length === 1 ? 'holds' : 'hold'} ${countText(taken)} of the ports ${first} to ${last}, of which ${countText(ports)} are usable.`,
    ],
    seen: { taken, ports, sockets: sockets.length, first, last },
    sockets,
    why: 'A UDP socket that asks for no port, such as that of a name look-up, needs one that no other UDP socket has, whatever the destination. Once none is left, connect(2) and sendto(2) fail with EAGAIN ("Resource temporarily unavailable"), and bind(2) with EADDRINUSE.',
    remedy:
      'Look for a leak in the program that holds most of them: one socket can send to any number of destinations. A wider net.ipv4.ip_local_port_range only buys time.',
    command: ['-uanp', 'sport', '>=', `:${first}`],
  };
}
