import { netnsKey, networkKey } from '../model/machine/netns.ts';
import type { ServiceForward } from '../model/report/service.ts';
import type { Warning } from '../model/report/snapshot.ts';
import { mayConcernTable } from '../model/report/warned-tables.ts';
import type { PortForward } from '../model/socket/port-forward.ts';
import type { InetSocket } from '../model/socket/socket.ts';
import { mostServiceSockets } from './service-summary.ts';

/** The servers of other network namespaces, with their exposure. */
export interface ServersElsewhere {
  readonly servers: readonly InetSocket[];
  /** What tells that others may be missing. */
  readonly lacking: readonly Warning[];
}

/** Who is where each forwarding leads. */
export function judgedForwards(
  forwards: readonly PortForward[],
  elsewhere: ServersElsewhere | null,
): readonly ServiceForward[] {
  const judged = forwards.map((one) => judgedForward(one, elsewhere));
  // Of several ports at one address the first is used as long as it is free: the others need no server.
  const served = new Set(judged.filter(({ isServed }) => isServed === true).map(wayOf));
  return judged.map((one) =>
    one.isServed === false && served.has(wayOf(one)) ? { ...one, isServed: null } : one,
  );
}

function wayOf({ protocol, hostAddress, address }: PortForward): string {
  return [protocol, hostAddress, address].join(' ');
}

function judgedForward(forward: PortForward, elsewhere: ServersElsewhere | null): ServiceForward {
  const unknown = { ...forward, isServed: null, servers: [] };
  if (elsewhere === null) return unknown;
  const { servers, lacking } = elsewhere;
  const taking = servers.filter((socket) => takes(socket, forward));
  if (taking.length > 0) {
    return { ...forward, isServed: true, servers: taking.slice(0, mostServiceSockets) };
  }
  const home = forward.netns === null ? null : netnsKey(forward.netns);
  const { protocol } = forward;
  const isHidden = lacking.some((warning) => mayConcernTable(warning, { protocol }));
  if (home === null || isHidden) return unknown;
  const there = servers.filter(
    (socket) => socket.protocol === protocol && networkKey(socket) === home,
  );
  const isAtPort = ({ local }: InetSocket) => local.port === forward.port;
  if (there.some((socket) => isAtPort(socket) && socket.exposure?.kind === 'unknown')) {
    return unknown;
  }
  const atPort = there.filter(isAtPort);
  const beside = atPort.length > 0 ? atPort : there;
  return { ...forward, isServed: false, servers: beside.slice(0, mostServiceSockets) };
}

/** Whether a server receives what a port forwards. */
function takes({ protocol, exposure }: InetSocket, forward: PortForward): boolean {
  return (
    protocol === forward.protocol &&
    exposure?.published.some(
      ({ hostAddress, hostPort, address, port }) =>
        hostAddress === forward.hostAddress &&
        hostPort === forward.hostPort &&
        address === forward.address &&
        port === forward.port,
    ) === true
  );
}
