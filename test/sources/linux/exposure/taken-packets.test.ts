import { expect, it } from 'vitest';
import {
  anyPacket,
  type PacketMatch,
} from '../../../../src/sources/linux/exposure/packet-match.ts';
import {
  partedPackets,
  takenPackets,
} from '../../../../src/sources/linux/exposure/taken-packets.ts';

const on = (...ports: readonly (number | readonly [number, number])[]): PacketMatch => ({
  ...anyPacket,
  protocol: 'tcp',
  ports: ports.map((one) =>
    typeof one === 'number' ? { first: one, last: one } : { first: one[0], last: one[1] },
  ),
});
const where = (...conditions: string[]): PacketMatch => ({ ...on(80), conditions });

it.each<[string, PacketMatch, PacketMatch, boolean]>([
  ['all', anyPacket, on(80), true],
  ['fewer protocols', { ...on(80), protocol: 'udp' }, on(80), false],
  ['any protocol', { ...on(80), protocol: null }, on(80), true],
  ['one port', on(80), on(80), true],
  ['another port', on(81), on(80), false],
  ['a range around it', on([80, 90]), on(85), true],
  ['a range that ends before', on([80, 84]), on([80, 85]), false],
  ['a range that begins after', on([81, 90]), on([80, 90]), false],
  ['two ranges, one of them around it', on([1, 9], [80, 90]), on(80, 90), true],
  ['some ports of all', on(80), { ...anyPacket, protocol: 'tcp' }, false],
  ['one interface of all', where('-i eth0'), on(80), false],
  ['all interfaces of one', on(80), where('-i eth0'), true],
  ['one address of all', { ...on(80), destination: '192.0.2.1' }, on(80), false],
  ['own packets of all', { ...on(80), isOwn: true }, on(80), false],
  ['own packets of own ones', { ...on(80), isOwn: true }, { ...on(80), isOwn: true }, true],
  ['some, nobody knows which', { ...on(80), isExact: false }, on(80), false],
])('a rule that takes %s', (_, taken, match, expected) => {
  const packets = takenPackets();
  packets.add(taken);
  expect(packets.has(match)).toBe(expected);
});

it.each<[string, PacketMatch, PacketMatch, boolean]>([
  ['the same', on(80), on(80), true],
  ['ports that overlap', on([80, 90]), on([90, 99]), true],
  ['other ports', on(80), on(81), false],
  ['one interface and another', where('-i eth0'), where('-i eth1'), true],
  ['one interface and all others', where('-i eth0'), where('! -i eth0'), false],
  ['all others and one interface', where('! -i eth0'), where('-i eth0'), false],
])('packets that went away may be among those of a rule: %s', (_, parted, match, expected) => {
  const packets = partedPackets();
  expect(packets.mayHave(match)).toBe(false);
  packets.add(parted);
  expect(packets.mayHave(match)).toBe(expected);
});

it('beyond very many rules, any packet may have gone away, and none is surely taken', () => {
  const [parted, taken] = [partedPackets(), takenPackets()];
  for (let port = 0; port < 256; port++) {
    expect(parted.mayHave(on(9000))).toBe(false);
    parted.add(on(port));
    taken.add(on([port, port + 1]));
  }
  expect(parted.mayHave(on(9000))).toBe(true);
  taken.add(on([9000, 9001]));
  expect([taken.has(on(255)), taken.has(on(9000))]).toEqual([true, false]);
});
