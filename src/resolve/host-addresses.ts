import { addressBytes } from './address.ts';
import { deadlineAfter } from './deadline.ts';
import { hostsFileAddresses } from './hosts-file.ts';
import { isMissing, type NamingHost, readNaming } from './naming-host.ts';
import { hostSources } from './nsswitch.ts';

/** The addresses of a host's name, in the system's order; or why there are none, to put after the name. */
export type HostAddresses = readonly string[] | { readonly reason: string };

const unknown: HostAddresses = {
  reason: 'which has no address that this machine knows, or its name server does not answer',
};
const notInFile: HostAddresses = {
  reason: 'which is not in the hosts file, and no server may be asked',
};

/**
 * The addresses of a name: from the hosts file, else from what the system asks for names (getaddrinfo(3), with its search
 * domains). `timeoutMs` 0: only from the file.
 */
export async function hostAddresses(
  name: string,
  timeoutMs: number,
  host: NamingHost,
): Promise<HostAddresses> {
  const inFile = hostSources(readNaming('nsswitch.conf', host)).includes('files')
    ? usable(hostsFileAddresses(readNaming('hosts', host) ?? '', name))
    : [];
  if (inFile.length > 0) return inFile;
  if (timeoutMs <= 0) return notInFile;
  const found = (await byGetent(name, timeoutMs, host)) ?? (await bySystem(name, timeoutMs, host));
  return 'reason' in found || found.length > 0 ? found : unknown;
}

function late(timeoutMs: number): HostAddresses {
  return {
    reason: `for which no server answered within ${timeoutMs / 1000} s (--resolve-timeout)`,
  };
}

/**
 * By getent(1), which can be ended: a thread of getaddrinfo cannot, and would keep the process alive. null: there is no
 * getent here.
 */
async function byGetent(
  name: string,
  timeoutMs: number,
  host: NamingHost,
): Promise<HostAddresses | null> {
  if (host.platform !== 'linux') return null;
  try {
    const lines = (await host.run('getent', ['ahosts', name], timeoutMs)).split('\n');
    return usable(lines.map((line) => line.split(/\s/, 1)[0] ?? ''));
  } catch (error) {
    return isMissing(error) ? null : late(timeoutMs);
  }
}

async function bySystem(name: string, timeoutMs: number, host: NamingHost): Promise<HostAddresses> {
  const deadline = deadlineAfter(timeoutMs);
  try {
    const found = await Promise.race([host.lookUp(name), deadline.over]);
    return found === undefined ? late(timeoutMs) : usable(found);
  } catch {
    return unknown;
  } finally {
    deadline.stop();
  }
}

/** Each address once, without its zone, with which filters do not compare. */
function usable(addresses: readonly string[]): readonly string[] {
  const bare = addresses.map((one) => one.replace(/%.*/, ''));
  return [...new Set(bare)].filter((one) => addressBytes(one) !== null);
}
