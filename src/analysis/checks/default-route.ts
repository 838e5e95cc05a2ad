import { distinctBy } from '../../model/add-to.ts';
import type { NetInterface } from '../../model/machine/interface.ts';
import type { Route } from '../../model/machine/route.ts';
import type { SilentNeighbour } from '../../model/machine/system-facts.ts';
import { posixWord } from '../../model/shell-word.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { defaultRoutes, hasUsefulAddress, kindOfNetwork, linksOf, linksUp } from './paths.ts';

const why =
  'Traffic to other networks uses the default route: without a working one, names are not resolved and no other network can be reached.';

/** A common cause of "the network is down": the way out of this network. */
export const defaultRoute = check({
  name: 'default-route',
  summary: 'no default route, or one over a dead link or to a gateway that does not answer',
  text: {
    meaning: 'Without a working default route nothing beyond the local network can be reached.',
    found: [
      [
        'critical',
        'In the first network of the machine, which has no default route, no interface but loopback is up, or none that is up has an address.',
      ],
      [
        'critical',
        'The interface of a default route is up without a carrier, or its gateway did not answer ARP in both readings, and no default route is left that works.',
      ],
      ['warning', 'The same while another default route works, also one of the other IP version.'],
      [
        'warning',
        'In the first network of the machine: there is an address, but no default route. Two routes that each cover half of all addresses count as one, 2000::/3 too.',
      ],
      [
        'note',
        'In a network namespace that was created later (a container), if tsnetstat runs in it: an interface is up, and there is no address or no default route.',
      ],
    ],
    silent:
      'Namespaces with only loopback; with `--all-netns`, other namespaces without a default route: most are isolated on purpose. Of other routing tables (`ip rule`, VRF) only those of IPv4 are known: if one has a default route, none is reported as missing.',
    remedy:
      'See what set up the network (`ip address`, `ip route`, the log of networkd or NetworkManager), then the cable, the switch or the Wi-Fi (`ip link`), then the gateway (`arping`).',
  },
  about: 'network',
  thresholds: {},
  needs: {
    protocols: [],
    twoReadings: true,
    routes: true,
    interfaces: true,
    usefulFacts: ['isFirstNetwork', 'silentNeighbours', 'hasOtherDefaultRoute'],
  },
  find(evidence) {
    const { routes, interfaces, platform } = evidence;
    // Without interfaces the tables could not be read.
    if (interfaces.length === 0) return [];
    const leading = defaultRoutes(routes);
    if (leading.length === 0) return missing(evidence);
    // On other platforms RUNNING says nothing about the carrier.
    const dead =
      platform === 'linux' ? leading.filter((route) => hasNoCarrier(route, interfaces)) : [];
    const silent = leading.filter((route) => !dead.includes(route) && isSilent(route, evidence));
    const isLeft = leading.some((route) => !dead.includes(route) && !silent.includes(route));
    const severity = isLeft ? 'warning' : 'critical';
    return [
      ...distinctBy(dead, wayOf).map((route) => noCarrier(route, severity)),
      ...distinctBy(silent, wayOf).map((route) => noAnswer(route, severity)),
    ];
  },
});

/** Two halves of a default route are reported once. */
function wayOf({ family, gateway, interface: device }: Route): string {
  return `${family} ${gateway} ${device}`;
}

function hasNoCarrier({ interface: device }: Route, interfaces: readonly NetInterface[]): boolean {
  const flags = interfaces.find(({ name }) => name === device)?.flags ?? [];
  return flags.includes('UP') && !flags.includes('RUNNING');
}

/** Whether a route's gateway did not answer a request for its hardware address, in both looks. */
function isSilent({ gateway, interface: device }: Route, { system, before }: Evidence): boolean {
  const isIn = (all: readonly SilentNeighbour[] | null | undefined) =>
    (all ?? []).some((one) => one.address === gateway && one.interface === device);
  return isIn(system.values.silentNeighbours) && isIn(before?.system.values.silentNeighbours);
}

const command = { sockets: [], command: ['-rn'] } as const;

/** What there is to be done, by the commands that the platform has. */
interface Remedies {
  readonly noCard: string;
  /** Of an interface by this word for a shell. */
  readonly down: (name: string) => string;
  /** How to find out whether an address was assigned. */
  readonly dhcp: string;
  readonly gateway: string;
}

const remediesOf: Readonly<Record<Evidence['platform'], Remedies>> = {
  linux: {
    noCard: 'See what the kernel found: `lspci -k`, `dmesg | grep -i eth`.',
    down: (name) =>
      `See why: \`ip link\`, \`networkctl\` or \`nmcli device\`; \`ip link set ${name} up\` brings one up.`,
    dhcp: 'the log of whatever sets up the network (`journalctl -u systemd-networkd -u NetworkManager -u dhcpcd -u networking`)',
    gateway: 'ip route add default via GATEWAY',
  },
  darwin: {
    noCard: 'See what the system found: `networksetup -listallhardwareports`.',
    down: (name) =>
      `See why: \`networksetup -listallhardwareports\`; \`ifconfig ${name} up\` brings one up, \`networksetup -setairportpower ${name} on\` one of Wi-Fi.`,
    dhcp: 'what the server said (`ipconfig getpacket INTERFACE`)',
    gateway: 'route add default GATEWAY',
  },
  win32: {
    noCard: 'See what the system found: `pnputil /enum-devices /class Net`.',
    down: () =>
      'See why: `netsh interface show interface`; `netsh interface set interface NAME admin=enabled` brings one up.',
    dhcp: 'what `ipconfig /all` shows (`ipconfig /renew` asks again)',
    gateway: 'route add 0.0.0.0 mask 0.0.0.0 GATEWAY',
  },
};

function missing(evidence: Evidence): readonly Draft[] {
  const remedies = remediesOf[evidence.platform];
  const kind = kindOfNetwork(evidence);
  const links = linksOf(evidence.interfaces);
  const up = linksUp(evidence.interfaces);
  const seen = {
    interfaces: links.length,
    up: up.length,
    withAddress: up.filter(hasUsefulAddress).length,
  };
  const names = (some: readonly NetInterface[]) => some.map(({ name }) => name).join(', ');
  if (kind === 'other') return [];
  if (up.length === 0) {
    if (kind !== 'machine') return [];
    const observation =
      links.length === 0
        ? 'There is no interface but loopback: the driver found no network card.'
        : `${names(links)}: down.`;
    return [
      {
        ...{ severity: 'critical', certainty: 'sure', seen, ...command, why },
        title: 'no interface but loopback is up',
        observations: [observation],
        remedy:
          links.length === 0 ? remedies.noCard : remedies.down(posixWord(links[0]?.name ?? '')),
        command: ['-ai'],
      },
    ];
  }
  if (seen.withAddress === 0) {
    return [
      {
        ...{ severity: kind === 'machine' ? 'critical' : 'note', certainty: 'likely' },
        ...{ seen, ...command, why },
        title: `no interface has an address: ${names(up)}`,
        observations: [
          `${names(up)}: up, without an address but those of its own link.`,
          'There is no default route.',
        ],
        remedy: `Most likely no DHCP server or router answered: look at ${remedies.dhcp}, the cable and the VLAN.`,
        command: ['-ai'],
      },
    ];
  }
  if (evidence.system.values.hasOtherDefaultRoute === true) return [];
  return [
    {
      ...{ severity: kind === 'machine' ? 'warning' : 'note', certainty: 'worth a look' },
      ...{ seen, ...command, why },
      title: 'there is no default route',
      observations: [
        `${names(up.filter(hasUsefulAddress))}: up, with an address. The routing table has ${evidence.routes.length === 0 ? 'no routes' : 'routes to some networks only'}.`,
      ],
      remedy: `If this network should reach others, set the gateway in the network configuration, or temporarily \`${remedies.gateway}\`. A network isolated on purpose needs none.`,
    },
  ];
}

function gatewayText({ gateway, interface: device, family }: Route): string {
  const version = family === 'inet' ? 'IPv4' : 'IPv6';
  return `the default route (${version}) by ${gateway === null ? '' : `${gateway} on `}${device}`;
}

function noCarrier(route: Route, severity: 'critical' | 'warning'): Draft {
  const { interface: device } = route;
  const word = posixWord(device ?? '');
  return {
    severity,
    certainty: 'sure',
    title: `${gatewayText(route)} leads to a link without a carrier`,
    observations: [`${device} is up but not running: nothing is connected at its other end.`],
    seen: { defaultRoutes: 1 },
    ...command,
    why,
    remedy: `Look at the cable, the switch's port or the Wi-Fi (\`ip link show ${word}\`, \`ethtool ${word}\`); for a virtual interface, check what its other end is attached to.`,
  };
}

function noAnswer(route: Route, severity: 'critical' | 'warning'): Draft {
  const { gateway, interface: device } = route;
  const word = posixWord(device ?? '');
  return {
    severity,
    certainty: 'likely',
    title: `the gateway ${gateway} does not answer on ${device}`,
    observations: [
      `The kernel asked for its hardware address (ARP); in both readings there is none.`,
      `It is the gateway of ${gatewayText(route)}.`,
    ],
    seen: { defaultRoutes: 1 },
    ...command,
    why,
    remedy: `See whether the address is right and the gateway is on: \`ip neigh show dev ${word}\`, \`arping -I ${word} ${gateway}\`. If other hosts of the network answer, suspect the gateway; if none does, the cable or the VLAN.`,
  };
}
