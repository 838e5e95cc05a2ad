import { describe, expect, it } from 'vitest';
import { inetDump } from '../../../../src/sources/linux/netlink/row-dump.ts';
import { shownStates } from '../../../../src/sources/linux/netlink/sock-diag.ts';
import { ports, request, socket } from './dumps.ts';
import { done, fakeKernel } from './support.ts';

describe('a dump of rows', () => {
  it('asks in the form of struct inet_diag_req_v2', () => {
    const { requests } = ports(() => [done]);
    const [sent = Buffer.alloc(0)] = requests;
    expect(requests).toHaveLength(1);
    expect([sent.length, sent.readUInt32LE(0), sent.readUInt16LE(4)]).toEqual([72, 72, 20]);
    // NLM_F_REQUEST | NLM_F_DUMP, sequence, AF_INET, IPPROTO_TCP, the attribute's bit, the states.
    expect([sent.readUInt16LE(6), sent.readUInt32LE(8)]).toEqual([0x301, 7]);
    expect([...sent.subarray(16, 20)]).toEqual([2, 6, 2, 0]);
    expect(sent.readUInt32LE(20)).toBe(shownStates);
    expect(sent.subarray(24).every((byte) => byte === 0)).toBe(true);
  });

  it('divides a long datagram into batches of 64', () => {
    const all = Array.from({ length: 150 }, (_, at) => socket(at + 1));
    const { batches } = ports(() => [Buffer.concat(all), done]);
    expect(batches.map(({ length }) => length)).toEqual([64, 64, 22]);
    expect(batches.flat()).toEqual(all.map((_, at) => at + 1));
  });

  it('has only the sockets that a filter chooses', () => {
    const { ask } = fakeKernel(() => [Buffer.concat([socket(1), socket(2), socket(3)]), done]);
    const portsOf = (options: Parameters<typeof inetDump>[2]) =>
      [...inetDump(ask, request, options).batches].flat().map(({ local }) => local.port);
    expect(portsOf({ isHeld: (inode) => inode !== 2 })).toEqual([1, 3]);
    expect(portsOf({ glance: ({ localPort }) => localPort === 2 })).toEqual([2]);
  });
});
