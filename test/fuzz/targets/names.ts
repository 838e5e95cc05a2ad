import { expect } from 'vitest';
import type { Protocol } from '../../../src/model/protocol.ts';
import { nameResolver } from '../../../src/resolve/index.ts';
import { machineWith } from '../../resolve/naming-files.ts';
import { textTarget } from '../target.ts';

const addresses = ['127.0.0.1', '192.0.2.7', '::1', 'fe80::1', '::ffff:192.0.2.7'] as const;
const networks = ['169.254.0.0', '127.0.0.0', '10.0.0.0'] as const;
const uids = [0, 33, 1000, 4294967295] as const;
const ports = [0, 22, 53, 443, 65535] as const;
const protocols: readonly Protocol[] = ['tcp', 'udp', 'raw'];

interface Named {
  readonly names: readonly (string | undefined)[];
  readonly numbers: readonly (number | undefined)[];
}

/** All names of numbers and numbers of names on a machine with these files and answers. */
async function named(
  files: Readonly<Record<string, string>>,
  answers: { readonly getent?: string; readonly ptr?: string } = {},
): Promise<Named> {
  const etc = Object.entries(files).map(([name, text]) => [`/etc/${name}`, text]);
  const { host } = machineWith(Object.fromEntries(etc), {
    run: async () => answers.getent ?? '',
    runSync: () => answers.getent ?? '',
    resolver: async () => ({
      resolvePtr: async () => (answers.ptr === undefined ? [] : [answers.ptr]),
      cancel: () => {},
    }),
  });
  const resolver = nameResolver({ timeoutMs: 1000, host });
  const all = await resolver.names({ addresses, uids, services: true, networks: true });
  return {
    names: [
      ...addresses.map(all.host),
      ...networks.map(all.network),
      ...uids.map(all.user),
      ...ports.flatMap((port) => protocols.map((protocol) => all.service(port, protocol))),
    ],
    numbers: [
      ...protocols.map((protocol) => resolver.serviceNumber('domain', protocol)),
      ...['root', 'ada', '__proto__'].map((name) => {
        const found = resolver.userId(name);
        return typeof found === 'object' ? undefined : found;
      }),
    ],
  };
}

function expectNamesAndNumbers({ names, numbers }: Named): void {
  for (const name of names) {
    // A name never spans lines.
    expect(name === undefined || /^[^\n]+$/.test(name)).toBe(true);
  }
  for (const number of numbers) {
    expect(
      number === undefined || (Number.isInteger(number) && number >= 0 && number <= 0xffffffff),
    ).toBe(true);
  }
}

function fileTarget(file: string, covers: readonly string[], seed: string) {
  return textTarget({
    name: `etc-${file.replace(/\..*/, '')}`,
    covers,
    seeds: [seed],
    alphabet: 'text',
    read: (text) => named({ [file]: text }),
    check: (_, parsed) => expectNamesAndNumbers(parsed),
  });
}

const passwd =
  'root:x:0:0:root:/root:/bin/bash\n# comment\nada:x:1000:1000:Ada,,,:/home/ada:/bin/sh\n+::::::\n';

export const nameTargets = [
  fileTarget(
    'hosts',
    ['hostsFileNames'],
    '127.0.0.1 localhost\n::1 localhost ip6-localhost # loopback\n192.0.2.7\tweb.example web\nfe80::1%eth0 gate\n::ffff:192.0.2.7 mapped\n',
  ),
  fileTarget(
    'networks',
    ['parseNetworks'],
    'default 0.0.0.0\nloopback 127.0.0.0\nlink-local 169.254.0.0 # x\nten 0xa\noct 012\n',
  ),
  fileTarget(
    'services',
    ['parseServices'],
    'ssh 22/tcp # SSH\ndomain\t53/tcp\ndomain\t53/udp nameserver\nhttps 443/tcp\nodd 65535/udp-lite\n',
  ),
  fileTarget(
    'protocols',
    ['parseProtocols'],
    'ip 0 IP\nicmp 1 ICMP\ntcp\t6\tTCP\nipv6-icmp 58 IPv6-ICMP # x\n',
  ),
  fileTarget('passwd', ['parsePasswd'], passwd),
  fileTarget(
    'nsswitch.conf',
    ['nameSources'],
    'passwd: files systemd\nhosts: files mdns4_minimal [NOTFOUND=return] resolve [!UNAVAIL=return] dns\nnetworks: files\n',
  ),
  textTarget({
    name: 'getent',
    covers: ['parsePasswd'],
    seeds: [passwd],
    alphabet: 'text',
    read: (text) => named({ 'nsswitch.conf': 'passwd: files ldap\n' }, { getent: text }),
    check: (_, parsed) => expectNamesAndNumbers(parsed),
  }),
  textTarget({
    name: 'dns-answer',
    covers: ['acceptedName'],
    seeds: ['web.example.', 'a-b_c.example', '192.0.2.1.', 'xn--bcher-kva.example.', '*.example.'],
    alphabet: 'text',
    read: (text) => named({}, { ptr: text }),
    check: (_, { names }) => {
      // The holder of an address chooses its record, so only a valid host name is accepted.
      for (const name of names) expect(name ?? 'none').toMatch(/^[\w.-]{1,253}$/);
    },
  }),
];
