import { isLoopback } from '../../model/address/read.ts';
import { endText } from '../../model/address/text.ts';
import type { Severity } from '../../model/report/diagnosis.ts';
import type { Service, ServiceForward } from '../../model/report/service.ts';
import { forwardedTo, forwardText } from '../../model/socket/port-forward.ts';
import type { Draft } from './check.ts';
import { byServer } from './one-server.ts';
import { ownersText } from './socket-sets.ts';

/** The most servers beside that are named. */
const mostNamed = 3;

/** Of the port that was asked about: where it is forwarded, and nothing takes that. */
export function unservedForwards({ asked, status, forwards }: Service): readonly Draft[] {
  const severity: Severity = status === 'unserved' ? 'critical' : 'warning';
  return (forwards ?? [])
    .filter(({ isServed }) => isServed === false)
    .map((forward) => unserved(asked.value, forward, severity));
}

function unserved(port: string, forward: ServiceForward, severity: Severity): Draft {
  const { protocol, servers } = forward;
  const beside = byServer(servers).slice(0, mostNamed);
  return {
    severity,
    certainty: 'likely',
    title: `port ${port} is forwarded to ${forwardedTo(forward)}, where nothing listens`,
    observations: [
      `${protocol} port ${forwardText(forward)}: no ${protocol} server there takes that.`,
      ...beside.map((sockets) => `${besideText(sockets)} there.`),
    ],
    seen: { port: forward.port, servers: servers.length },
    sockets: servers,
    why:
      protocol === 'tcp'
        ? 'Connections to the port are refused, or end as soon as they are opened if a proxy accepts them.'
        : 'What is sent to the port is answered by nobody.',
    remedy: remedyFor(forward),
    command: null,
  };
}

function besideText(sockets: ReturnType<typeof byServer>[number]): string {
  const ends = [...new Set(sockets.map(({ local }) => endText(local)))];
  return `${ownersText(...sockets) ?? 'An unknown process'} listens at ${ends.join(', ')}`;
}

function remedyFor({ port, hostPort, servers }: ServiceForward): string {
  const atPort = servers.find(({ local }) => local.port === port);
  if (atPort !== undefined) {
    const only = isLoopback(atPort.local.address) ? 'loopback' : endText(atPort.local);
    return `Make the server there listen at all addresses (0.0.0.0 or ::), not only at ${only}.`;
  }
  const other = servers.find(({ local }) => !isLoopback(local.address));
  return other === undefined
    ? 'Start the server there, and check its log (`docker logs CONTAINER`, `podman logs CONTAINER`).'
    : `Start the server there, or forward to the port at which one listens: \`docker run -p ${hostPort}:${other.local.port}\`.`;
}

/** The port is forwarded to where servers cannot be seen; there may be one. */
export function unknownForward({ asked, forwards }: Service): Draft {
  const unknown = (forwards ?? []).filter(({ isServed }) => isServed === null);
  return {
    severity: 'note',
    certainty: 'sure',
    title: `port ${asked.value} is forwarded to where servers cannot be seen`,
    observations: [
      'No server has it in this network namespace.',
      ...unknown.map((forward) => `${forwardText(forward)}: ${unknownText(forward)}.`),
    ],
    seen: { forwards: unknown.length },
    sockets: [],
    why: 'Whether anything listens there is not known: it may be another machine, or a container that has ended.',
    remedy: `Connect to that address to find out, for instance \`nc -vz ${unknown[0]?.address ?? 'ADDRESS'} ${unknown[0]?.port ?? 'PORT'}\`.`,
    command: null,
  };
}

function unknownText({ netns }: ServiceForward): string {
  return netns === null
    ? 'it is not known which network namespace has that address'
    : 'not all about the servers of the network namespace is known';
}
