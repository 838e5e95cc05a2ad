import { isPort } from '../../../model/address/port.ts';
import { canonicalAddress } from '../../../model/address/read.ts';
import { familyOf, isAnyAddress } from '../../../model/address/text.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import type { PublishedPort } from '../../../model/socket/exposure.ts';
import { dockerProxy } from '../../../model/socket/forwarder.ts';
import { realUserOf } from '../owners/process-users.ts';
import type { Proc } from '../proc/proc.ts';
import type { NamedProcess } from './forwarders.ts';

/** A port that a docker-proxy publishes. */
export interface ProxiedPort {
  readonly published: PublishedPort;
  /** The family of the host's address, which may differ from the container's; null: both. */
  readonly family: InetFamily | null;
}

/** Parses the command line of a docker-proxy; null: another program's. */
export function parseProxyCommand(words: readonly string[]): ProxiedPort | null {
  if (words[0] !== dockerProxy && !words[0]?.endsWith(`/${dockerProxy}`)) return null;
  const option = (name: string): string => {
    const at = words.findIndex((word) => word === `-${name}` || word === `--${name}`);
    return at < 0 ? '' : (words[at + 1] ?? '');
  };
  const protocol = option('proto');
  const [hostPort, port] = [option('host-port'), option('container-port')].map(Number);
  const address = canonicalAddress(option('container-ip'));
  const hostAddress = canonicalAddress(option('host-ip'));
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') return null;
  if (address === null || !isPort(hostPort) || !isPort(port)) return null;
  return {
    published: {
      ...{ protocol, hostPort, address, port, workload: null },
      hostAddress: hostAddress === null || isAnyAddress(hostAddress) ? null : hostAddress,
    },
    family: hostAddress === null ? null : familyOf(hostAddress),
  };
}

/**
 * The ports that docker-proxies publish; everybody may read their command lines. On a live machine only root's are
 * believed: any user can name a process so. A copy of a /proc may not show the user.
 */
export function publishedByProxies(
  proc: Proc,
  running: readonly NamedProcess[],
): readonly ProxiedPort[] {
  return running.flatMap(({ pid, name }) => {
    if (name !== dockerProxy || (proc.isLive && realUserOf(proc, pid) !== 0)) return [];
    try {
      const words = proc.readFile(`${pid}/cmdline`, 4096).toString('latin1').split('\0');
      return parseProxyCommand(words) ?? [];
    } catch {
      return [];
    }
  });
}
