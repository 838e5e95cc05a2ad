import { hostsFileAddresses } from './hosts-file.ts';
import { type NamingHost, readNaming } from './naming-host.ts';
import { hostSources } from './nsswitch.ts';

/** The addresses of a host's name, in the system's order; or why there are none, to put after the name. */
export type HostAddresses = readonly string[] | { readonly reason: string };

const unknown: HostAddresses = { reason: 'which has no address that this machine knows' };
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
    ? hostsFileAddresses(readNaming('hosts', host) ?? '', name)
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
    return onceEach(lines.map((line) => line.split(/\s/, 1)[0] ?? ''));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'EACCES' ? null : late(timeoutMs);
  }
}

async function bySystem(name: string, timeoutMs: number, host: NamingHost): Promise<HostAddresses> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<HostAddresses>((resolve) => {
    timer = setTimeout(() => resolve(late(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([host.lookUp(name).then(onceEach), over]);
  } catch {
    return unknown;
  } finally {
    clearTimeout(timer);
  }
}

/** Without zones, in which filters have no address. */
function onceEach(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses.map((one) => one.replace(/%.*/, '')))].filter((one) => one !== '');
}
