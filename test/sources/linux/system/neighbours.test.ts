import { expect, test } from 'vitest';
import {
  parseConntrackStat,
  parseSilentNeighbours,
} from '../../../../src/sources/linux/system/parse.ts';
import { systemFacts } from '../../../../src/sources/linux/system/system-facts.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.0.2.1        0x1         0x2         02:fc:00:00:00:05     *        eth0
192.0.2.9        0x1         0x0         00:00:00:00:00:00     *        eth0
192.0.2.8        0x1         0x6         02:fc:00:00:00:06     *        eth0
`;

test('neighbours without a hardware address are recognized by their flags', () => {
  expect(parseSilentNeighbours(arp)).toEqual([{ address: '192.0.2.9', interface: 'eth0' }]);
  expect(parseSilentNeighbours('')).toBeNull();
  // An interface's name has no white space.
  expect(parseSilentNeighbours(arp.replaceAll('eth0', '\r'))).toEqual([]);
});

const conntrack = `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000011  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000004 0000000a 00000001 00000000  00000000 00000000 00000000 00000000
00000011  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000005 00000002 00000000  00000000 00000000 00000000 00000000
`;

test('what connection tracking dropped is the sum of all processors, in hex', () => {
  expect(parseConntrackStat(conntrack)).toEqual({ dropped: 15, failed: 4, forgotten: 3 });
});

test.each([
  ['nothing', ''],
  ['no processor', conntrack.slice(0, conntrack.indexOf('\n') + 1)],
  ['a cut line', conntrack.slice(0, -80)],
  ['another table', conntrack.replace('early_drop', 'later_drop')],
])('%s is no such table', (_, text) => {
  expect(parseConntrackStat(text)).toBeNull();
});

const threshold = 'sys/net/ipv4/neigh/default/gc_thresh3';

test.each<[string, Parameters<typeof fakeProc>[0]['files'], boolean | null]>([
  ['the first network has the limits of the neighbour tables', { [threshold]: '1024\n' }, true],
  ['one that was made later has not', {}, false],
  ['where they may not be read it is not known', { [threshold]: systemError('EACCES') }, null],
])('%s', (_, files, expected) => {
  const proc = { ...fakeProc({ files: files ?? {} }), isOwn: true };
  expect(systemFacts(proc, null, ['isFirstNetwork']).values.isFirstNetwork).toBe(expected);
});

test('without the files of the machine it is not known whether systemd runs', () => {
  const { values, missing } = systemFacts(fakeProc({}), null, ['hasSystemd']);
  expect(values.hasSystemd).toBeNull();
  expect(missing.hasSystemd).toMatch(/not available/);
});
