import type { Check, Scope } from '../../analysis/checks/index.ts';
import type { Tally } from '../../analysis/checks/tally.ts';
import type { Protocol } from '../../model/protocol.ts';
import type { Query } from '../../model/request/query.ts';
import type { Glance } from '../../model/socket/glance.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { onlyServers } from '../../select/index.ts';
import type { WarningSink } from '../../sources/source.ts';
import type { DiagnosisParts } from './parts.ts';
import { reportsOwners, takeSockets } from './take-sockets.ts';

/** Sockets that are read in one pass, for some checks. */
interface SocketPlan {
  readonly checks: readonly Check[];
  readonly protocol: Protocol;
  readonly serversOnly: boolean;
}

/**
 * Plans a pass per protocol, with servers separate from the rest, so that what a check needs of some sockets is not
 * read for all.
 */
export function plansFor(
  checks: readonly Check[],
  { protocols }: Query,
  reads: (check: Check) => unknown,
): readonly SocketPlan[] {
  const looking = checks.filter(reads);
  return protocols.flatMap((protocol) =>
    [true, false].flatMap((serversOnly): readonly SocketPlan[] => {
      const fitting = looking.filter(
        ({ needs }) =>
          needs.protocols.includes(protocol) && (needs.serversOnly === true) === serversOnly,
      );
      return fitting.length === 0 ? [] : [{ checks: fitting, protocol, serversOnly }];
    }),
  );
}

/**
 * The filter for connections before rows are made of them, and whether it was called; null: a check must see every
 * row.
 */
export function glanceFor(
  checks: readonly Check[],
  scope: Scope,
  tallies: ReadonlyMap<Check, Tally>,
): { readonly wants: (glance: Glance) => boolean; wasAsked(): boolean } | null {
  if (!checks.every(({ watches, glances }) => watches === undefined || glances)) return null;
  const counting = checks.flatMap((check) => {
    const tally = tallies.get(check);
    return tally === undefined ? [] : [{ check, tally }];
  });
  let isAsked = false;
  return {
    wants(glance) {
      isAsked = true;
      for (const { check, tally } of counting) {
        if (check.tallies?.(glance, scope)) tally.add(glance);
      }
      for (const check of checks) if (check.glances?.(glance, scope)) return true;
      return false;
    },
    wasAsked: () => isAsked,
  };
}

/** Reads the sockets of a plan; `take` is called with each selected one. */
export async function readSockets(
  { source, query, netns, selection, pause }: DiagnosisParts,
  { checks, protocol, serversOnly }: SocketPlan,
  sink: WarningSink,
  take: (socket: Socket) => boolean,
  glance?: (glance: Glance) => boolean,
): Promise<void> {
  if (!source.protocols.includes(protocol)) return;
  const asksFor = (need: 'tcpInfo' | 'socketInfo' | 'receivers' | 'exposure') =>
    checks.some(({ needs }) => needs[need]);
  await takeSockets(
    {
      source,
      query,
      protocols: [protocol],
      selection: serversOnly ? onlyServers(selection) : selection,
      needs: {
        tcpInfo: asksFor('tcpInfo'),
        socketInfo: asksFor('socketInfo'),
        receivers: asksFor('receivers'),
        unixServers: serversOnly,
        boundSockets: query.boundInactive,
        // Workloads and exposure are looked up afterwards, from the cgroup and the device.
        cgroups: true,
        devices: asksFor('exposure'),
        netns: netns !== 'own',
      },
      withOwners: reportsOwners(source),
      glance,
      pause,
    },
    sink,
    take,
  );
}
