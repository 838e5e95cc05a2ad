import { NetstatError } from '../errors.ts';
import { platformTitles } from '../model/report/facts.ts';
import type { PlatformName } from '../model/report/snapshot.ts';
import type { MachinesAsked } from '../model/request/listing.ts';
import type { Ask } from './machines/machines.ts';
import type { PlatformHost, Source } from './source.ts';

/** The source of every platform, loaded on demand. */
const sources = {
  linux: async (host) => (await import('./linux/index.ts')).linuxSource(host),
  darwin: async (host) => (await import('./darwin/index.ts')).darwinSource(host),
  win32: async (host) => (await import('./win32/index.ts')).win32Source(host),
} satisfies Record<PlatformName, (host: PlatformHost) => Promise<Source>>;

/**
 * The machines that the words of `--on` name, including those listed in files.
 * @throws NetstatError `usage` for an invalid name, or if a file cannot be read
 */
export async function expandedMachines(words: readonly string[]): Promise<readonly string[]> {
  return (await import('./machines/machine-names.ts')).expandedMachines(words);
}

/** A source of other machines, whatever platform this one has. @throws NetstatError `usage` for an invalid name */
async function elsewhere(host: PlatformHost, machines: MachinesAsked): Promise<Source> {
  const [{ machinesSource }, { remoteSource }] = await Promise.all([
    import('./machines/machines.ts'),
    import('./remote/index.ts'),
  ]);
  const { timeout } = machines;
  const ask: Ask = (name, signal) => remoteSource(name, { ...host, timeout, signal });
  return machinesSource(machines, ask, host);
}

/** Node's names for systems that are based on one of these platforms. */
const kin: Readonly<Record<string, PlatformName>> = { android: 'linux' };

/** An option that asks for what only Linux has; null: none does. */
function askedOfLinux({ procRoot, socketSource = 'auto', netns = 'own' }: PlatformHost) {
  if (procRoot !== null) return { option: '--proc-root', what: 'a /proc', path: procRoot };
  if (socketSource !== 'auto') {
    return { option: '--source', what: 'sources to choose from', path: '--source' };
  }
  if (netns === 'own') return null;
  const option = netns === 'all' ? '--all-netns' : '--netns';
  return { option, what: 'network namespaces', path: 'netns' };
}

/**
 * The source for this machine.
 * @throws NetstatError `unsupported` on any other platform.
 */
export async function sourceFor(host: PlatformHost): Promise<Source> {
  if (host.machines) return elsewhere(host, host.machines);
  const name = kin[host.platform] ?? host.platform;
  if (!Object.hasOwn(sources, name)) {
    throw new NetstatError(
      'unsupported',
      `${host.platform}: unsupported platform; tsnetstat runs on ${Object.values(platformTitles).join(', ')}`,
    );
  }
  const asked = name === 'linux' ? null : askedOfLinux(host);
  if (asked !== null) {
    throw new NetstatError(
      'unsupported',
      `${asked.option}: only Linux has ${asked.what}, this is ${platformTitles[name as PlatformName]}`,
      { path: asked.path },
    );
  }
  return sources[name as PlatformName](host);
}
