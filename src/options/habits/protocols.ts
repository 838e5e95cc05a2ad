import { allProtocols, type Protocol, protocolFlag } from '../../model/protocol.ts';
import type { PlatformName } from '../../model/report/snapshot.ts';
import type { Habit } from './habit.ts';
import { linux, ownNetstat, unixes } from './parts.ts';

const systemsOf: Partial<Readonly<Record<Protocol, readonly PlatformName[]>>> = {
  ...{ udplite: linux, sctp: linux, raw: linux, unix: unixes },
};

/** A protocol's name alone, in any case, with the digit of a family or without. */
const protocolAlone = allProtocols.flatMap((name): readonly Habit[] =>
  ['', '4', '6'].map((version) => ({
    typed: version === '' ? [name] : [],
    fits: new RegExp(`^${name}${version}$`, 'i'),
    system: 'other tools',
    meaning: 'a protocol',
    ours: version === '' ? protocolFlag(name) : `${protocolFlag(name)} -${version}`,
    ...(systemsOf[name] !== undefined && { on: systemsOf[name], elsewhere: ownNetstat }),
  })),
);

const familyOptions = (['tcp', 'udp'] as const).flatMap((name) =>
  ['4', '6'].map(
    (version): Habit => ({
      typed: [`--${name}${version}`, `--${name}v${version}`],
      system: 'other tools',
      meaning: 'a protocol of one family',
      ours: `${protocolFlag(name)} -${version}`,
    }),
  ),
);

/** Names of protocols. */
export const protocols: readonly Habit[] = [
  {
    typed: ['-r unix', '-s unix'],
    fits: /^unix$/i,
    beside: /^-[A-Za-z0-9]*[rs]|^--(?:route|statistics)$/,
    system: 'other tools',
    meaning: 'a protocol',
    ours: 'leave it out: UNIX sockets have neither routes nor counters',
  },
  ...protocolAlone,
  ...familyOptions,
  ...(['tcp', 'udp'] as const).map(
    (name): Habit => ({
      typed: [`${name} port 53`],
      fits: new RegExp(`^${name} (?:src |dst )?port (?<PORT>[\\w-]+)$`, 'i'),
      system: 'tcpdump',
      meaning: 'a port of a protocol',
      ours: `${protocolFlag(name)} --port PORT`,
    }),
  ),
  {
    typed: ['-p ip', '-p ip6', '-p icmp', '-p icmp6'],
    fits: /^(?:ip|icmp)(?:v?6)?$/i,
    system: 'Windows, macOS, BSD',
    meaning: 'a protocol without ports',
    ours: '-w for raw sockets; -s -w for the counters of IP and ICMP',
    on: linux,
    elsewhere: ownNetstat,
  },
  {
    typed: ['-p igmp'],
    fits: /^igmp$/i,
    system: 'macOS and BSD',
    meaning: 'a protocol without ports',
    ours: '-g for the groups that are joined, -w for raw sockets',
    on: linux,
    elsewhere: ownNetstat,
  },
  {
    typed: ['-p tcp46', '-p udp46'],
    fits: /^(?:tcp|udp)46$/i,
    system: 'macOS',
    meaning: 'a protocol with both families',
    ours: '-t or -u',
  },
  {
    typed: ['-p ipsec', '-p mptcp', '-p divert'],
    fits: /^(?:ipsec\d?|mptcp|divert|carp|pfsync|dccp)$/i,
    system: 'macOS and BSD',
    meaning: 'a protocol that is not listed here',
    ours: ownNetstat,
  },
  {
    typed: ['-pudp', '-anpudp6'],
    fits: /^-(?<LETTERS>[A-Za-z]*)p(?<PROTOCOL>udp(?:6|v6)?)$/,
    system: 'Windows, macOS, BSD',
    meaning: 'one protocol',
    ours: '-LETTERSp PROTOCOL, with a blank between them',
  },
];
