import type { InetProtocol } from '../../../model/protocol.ts';
import { isServer } from '../../../model/socket/classify.ts';
import { rootlessForwarders, rootlessPort } from '../../../model/socket/forwarder.ts';
import { statOf } from '../owners/process-facts.ts';
import type { Proc } from '../proc/proc.ts';
import { linuxSockets } from '../sockets/sockets.ts';
import type { HeldByForwarder, NamedProcess } from './forwarders.ts';

/** The protocols that these programs forward. */
const forwarded = ['tcp', 'udp'] as const satisfies readonly InetProtocol[];

/** A program that forwards ports of the host to rootless containers, and does not report where to. */
export interface RootlessPorts {
  readonly forwarder: NamedProcess;
  /** The protocols of the ports that it may forward. */
  readonly protocols: ReadonlySet<InetProtocol>;
}

/**
 * The forwarders for rootless containers that have ports of the network whose tables `proc` shows. If all its
 * sockets are known and none is a server there, it forwards nothing: slirp4netns also runs just to connect a container
 * to the network.
 */
export async function rootlessPortsOf(
  proc: Proc,
  held: readonly HeldByForwarder[],
): Promise<readonly RootlessPorts[]> {
  const rootless = held.filter(({ forwarder }) => rootlessForwarders.has(forwarder.name));
  if (rootless.length === 0) return [];
  const servers = await serversAmong(proc, new Set(rootless.flatMap(({ inodes }) => [...inodes])));
  return rootless.flatMap(({ forwarder, inodes, isWhole }) => {
    const protocols =
      servers === null || !isWhole
        ? forwarded
        : forwarded.filter((one) => servers.some(([of, inode]) => of === one && inodes.has(inode)));
    return protocols.length === 0
      ? []
      : [{ forwarder, protocols: new Set<InetProtocol>(protocols) }];
  });
}

/** Which of these sockets are servers, with their protocols; null: some tables could not be read. */
async function serversAmong(
  proc: Proc,
  inodes: ReadonlySet<number>,
): Promise<readonly (readonly [InetProtocol, inode: number])[] | null> {
  if (inodes.size === 0) return [];
  let isWhole = true;
  const servers: (readonly [InetProtocol, number])[] = [];
  const query = {
    protocols: forwarded,
    owners: null,
    listeningOnly: true,
    families: ['inet', 'inet6'] as const,
    keep: () => true,
  };
  const warn = ({ code }: { readonly code: string }) => {
    // Without IPv6 its tables do not exist.
    if (code !== 'absent') isWhole = false;
  };
  try {
    for await (const batch of linuxSockets(proc, query, { warn }, () => {})) {
      for (const socket of batch) {
        const { protocol, inode } = socket;
        if (protocol === 'unix' || inode === null || !inodes.has(inode)) continue;
        if (isServer(socket)) servers.push([protocol, inode]);
      }
    }
  } catch {
    return null;
  }
  return isWhole ? servers : null;
}

/** The parents of processes that live in one network namespace. */
export function parentsOf(proc: Proc, pids: readonly number[]): ReadonlySet<number> {
  return new Set(pids.flatMap((pid) => statOf(proc, pid)?.parent ?? []));
}

/**
 * Whether a forwarder may lead to a namespace whose processes have these parents: rootlessport has a child in each
 * one that it leads to.
 */
export function mayLeadTo(
  { name, pid }: NamedProcess,
  parents: () => ReadonlySet<number>,
): boolean {
  return name !== rootlessPort || parents().has(pid);
}
