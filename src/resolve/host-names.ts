import { dnsNames } from './dns-names.ts';
import { hostsFileNames } from './hosts-file.ts';
import { type NamingHost, readNaming } from './naming-host.ts';
import { hostSources } from './nsswitch.ts';

/** Names from the hosts file and DNS, as nsswitch.conf orders: both, one or neither. */
export async function hostNames(
  addresses: ReadonlySet<string>,
  timeoutMs: number,
  host: NamingHost,
  onGivenUp: (addresses: readonly string[]) => void,
): Promise<Map<string, string>> {
  const sources = hostSources(readNaming('nsswitch.conf', host));
  const files = sources.indexOf('files');
  const dns = sources.findIndex((source) => source === 'dns' || source === 'resolve');
  const inFile =
    files === -1
      ? new Map<string, string>()
      : hostsFileNames(readNaming('hosts', host) ?? '', addresses);
  if (dns === -1) return inFile;
  const asked =
    dns < files || inFile.size === 0
      ? addresses
      : new Set([...addresses].filter((address) => !inFile.has(address)));
  const inDns = await dnsNames(asked, timeoutMs, host, onGivenUp);
  for (const [address, name] of inDns) inFile.set(address, name);
  return inFile;
}
