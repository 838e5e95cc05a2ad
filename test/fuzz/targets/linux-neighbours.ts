import { isIP } from 'node:net';
import { expect } from 'vitest';
import {
  parseConntrackStat,
  parseOtherDefaultRoute,
  parseSilentNeighbours,
} from '../../../src/sources/linux/system/parse.ts';
import { textTarget } from '../target.ts';

const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0
`;

const silentNeighbours = textTarget({
  name: 'linux-arp',
  covers: ['parseSilentNeighbours'],
  seeds: [arp],
  alphabet: 'text',
  header: 1,
  read: parseSilentNeighbours,
  check: (text, neighbours) => {
    expect(neighbours === null).toBe(!text.startsWith('IP address '));
    for (const { address, interface: device } of neighbours ?? []) {
      expect(isIP(address)).toBeGreaterThan(0);
      expect(device).toMatch(/^\S+$/);
    }
  },
});

const conntrack = `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error
00000011  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000000a 00000001 00000000
00000011  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000005 00000002 00000000
`;

const conntrackStat = textTarget({
  name: 'linux-conntrack-stat',
  covers: ['parseConntrackStat'],
  seeds: [conntrack],
  alphabet: 'text',
  header: 1,
  read: parseConntrackStat,
  check: (_, drops) => {
    for (const count of Object.values(drops ?? {})) {
      expect(Number.isInteger(count) && count >= 0).toBe(true);
    }
  },
});

const tables = `Id 100:
  |-- 0.0.0.0
     /0 universe UNICAST
Main:
  |-- 10.1.0.0
     /24 link UNICAST
Local:
`;

const otherDefaultRoute = textTarget({
  name: 'linux-routing-tables',
  covers: ['parseOtherDefaultRoute'],
  seeds: [tables],
  alphabet: 'text',
  header: 1,
  read: parseOtherDefaultRoute,
  check: (text, has) => {
    if (has === true) expect(text).toMatch(/^Id \d+:$/m);
  },
});

/** Neighbours, routing tables and tracked connections. */
export const linuxNeighbourTargets = [silentNeighbours, conntrackStat, otherDefaultRoute];
