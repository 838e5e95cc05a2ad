import { isPort } from '../../../model/address/port.ts';
import { canonicalAddress } from '../../../model/address/read.ts';
import { familyOf, isAnyAddress } from '../../../model/address/text.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import type { PublishedPort } from '../../../model/socket/exposure.ts';
import { dockerProxy } from '../../../model/socket/forwarder.ts';
import type { Proc } from '../proc/proc.ts';
import { isBelieved, type Whose } from '../workloads/believed.ts';
import { speakers, surroundingOfFiles } from '../workloads/speakers.ts';
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

/** The ports that docker-proxies publish. */
export interface PublishedByProxies {
  /** By those of the machine's root outside of containers, or where this machine's files are: they are believed. */
  readonly believed: readonly ProxiedPort[];
  /** By others of root: Docker in a container, or a program there that is called so. */
  readonly doubtful: readonly ProxiedPort[];
}

/** Reads the command lines of docker-proxies, as everybody may. `isBelieved` says whose count. */
export function publishedByProxies(
  proc: Proc,
  running: readonly NamedProcess[],
): PublishedByProxies {
  const proxies = running.filter(({ name }) => name === dockerProxy);
  const [believed, doubtful]: [ProxiedPort[], ProxiedPort[]] = [[], []];
  if (proxies.length === 0) return { believed, doubtful };
  const speakerAt = speakers(proc);
  const within = surroundingOfFiles(proc);
  // This program may be in a container that uses its host's network, and sees the host's processes.
  const machines: readonly Whose[] = within === null ? [{}] : [{}, { within }];
  for (const { pid } of proxies) {
    const published = commandOf(proc, pid);
    if (published === null) continue;
    const by = speakerAt(pid);
    if (machines.some((whose) => isBelieved(by, whose, proc))) believed.push(published);
    else if (by.uid === 0) doubtful.push(published);
  }
  return { believed, doubtful };
}

function commandOf(proc: Proc, pid: number): ProxiedPort | null {
  try {
    return parseProxyCommand(proc.readFile(`${pid}/cmdline`, 4096).toString('latin1').split('\0'));
  } catch {
    return null;
  }
}
