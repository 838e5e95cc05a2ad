import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inetDump, packedDump, packedTcpDump } from '../../../../src/sources/linux/netlink/dump.ts';
import type { DiagPack } from '../../../../src/sources/linux/netlink/message-packer.ts';
import { type InetRequest, shownStates } from '../../../../src/sources/linux/netlink/sock-diag.ts';
import { type Answers, done, doneWith, fakeKernel, inetBody, message, refusal } from './support.ts';

const request: InetRequest = {
  family: 'inet',
  protocol: 'tcp',
  states: shownStates,
  attributes: [2],
  sequence: 7,
};
const socket = (port: number) =>
  message(20, inetBody({ state: 10, local: [[127, 0, 0, 1], port], remote: [[], 0], inode: port }));

function ports(answers: Answers) {
  const { ask, log } = fakeKernel(answers);
  const batches: number[][] = [];
  let interrupted = false;
  let failure: unknown = null;
  try {
    const dump = inetDump(ask, request, {});
    for (const batch of dump.batches) batches.push(batch.map(({ local }) => local.port));
    interrupted = dump.wasInterrupted();
  } catch (error) {
    failure = error;
  }
  return { batches, interrupted, failure, ...log };
}

/** What a packed answer has: the local ports of each batch, by family, and how it ended. */
function packedPorts(answers: Answers, family: 'both' | 'inet') {
  const { ask, log } = fakeKernel(answers);
  const facts = { timers: true, users: true, connectedOnly: false };
  const wanted = { tcpInfo: true, socketInfo: false, cgroups: false };
  const batches: number[][] = [];
  const inet6: number[][] = [];
  const portsIn = ({ localPorts, length }: DiagPack) => [...localPorts.subarray(0, length)];
  let failure: unknown = null;
  try {
    const dump =
      family === 'both'
        ? packedTcpDump(ask, request, facts, wanted, false)
        : { ...packedDump(ask, request, facts, wanted, false), inet6: [] };
    for (const pack of dump.batches) batches.push(portsIn(pack));
    for (const pack of dump.inet6) inet6.push(portsIn(pack));
  } catch (error) {
    failure = error;
  }
  return { batches, inet6, failure, ...log };
}

/** Datagrams with anything in them. */
const anyDatagrams = (() => {
  const piece = fc.oneof(
    fc.integer({ min: 1, max: 65_535 }).map(socket),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => message(20, bytes)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.integer({ min: 0, max: 400 }), fc.uint8Array({ maxLength: 40 }))
      .map(([length, bytes]) => {
        const lying = message(20, bytes);
        lying.writeUInt32LE(length, 0);
        return lying;
      }),
  );
  const datagrams = fc.array(
    fc.array(piece, { maxLength: 5 }).map((all) => Buffer.concat(all)),
    {
      maxLength: 4,
    },
  );
  return datagrams;
})();

describe('a dump of sockets', () => {
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

  it('is a batch for each datagram, until the kernel reports the end', () => {
    const { batches, closed } = ports(() => [
      Buffer.concat([socket(1), socket(2)]),
      socket(3),
      Buffer.concat([socket(4), done]),
    ]);
    expect(batches).toEqual([[1, 2], [3], [4]]);
    expect(closed).toBe(1);
  });

  it('passes over messages of other kinds and those that are too short to be a socket', () => {
    const other = message(99, Buffer.alloc(80));
    const short = message(20, Buffer.alloc(40));
    expect(ports(() => [Buffer.concat([other, short, socket(1), done])]).batches).toEqual([[1]]);
  });

  it('reports that the kernel was interrupted', () => {
    const marked = message(3, Buffer.alloc(4), 2 | 0x10);
    expect(ports(() => [socket(1), marked]).interrupted).toBe(true);
    expect(ports(() => [socket(1), done]).interrupted).toBe(false);
  });

  it.each([
    ['no such module', [refusal(2)], 'ENOENT', []],
    ['a request that an old kernel cannot read', [refusal(22)], 'EINVAL', []],
    ['no answer in time', [Object.assign(new Error(), { code: 'EAGAIN' })], 'EAGAIN', []],
    ['a protocol that the kernel does not list', [doneWith(2)], 'ENOENT', []],
    ['an error at the end', [socket(1), doneWith(12)], 'ENOMEM', [[1]]],
    ['an error behind some', [socket(1), refusal(12)], 'ENOMEM', [[1]]],
    ['one in their datagram', [Buffer.concat([socket(1), doneWith(12)])], 'ENOMEM', [[1]]],
    ['an end in the middle of a message', [socket(1).subarray(0, 60)], 'EBADMSG', []],
    ['a length of nothing', [Buffer.alloc(16)], 'EBADMSG', []],
    ['nothing', [Buffer.alloc(0)], 'EBADMSG', []],
  ])('fails on %s, and closes its socket', (_, datagrams, code, before) => {
    const { batches, failure, opened, closed } = ports(() => datagrams);
    expect(batches).toEqual(before);
    expect(failure).toMatchObject({ code });
    expect(closed).toBe(opened);
  });

  it('is closed by the caller that needs no more of it', () => {
    const { ask, log } = fakeKernel(() => [socket(1), socket(2), done]);
    for (const _ of inetDump(ask, request, {}).batches) break;
    expect(log.closed).toBe(1);
  });

  it('takes any bytes: each is a socket or passed over, or ends the answer with a code', () => {
    fc.assert(
      fc.property(anyDatagrams, (all) => {
        const { failure, opened, closed } = ports(() => [...all, done]);
        if (failure !== null) expect(failure).toMatchObject({ code: expect.stringMatching(/^E/) });
        expect(closed).toBe(opened);
      }),
    );
  });
});

describe('a packed dump', () => {
  const six = (port: number) =>
    message(20, inetBody({ family: 10, state: 1, local: [[], port], remote: [[], 9] }));

  it.each(['both', 'inet'] as const)(
    'of %s has what one of objects has, whatever comes',
    (family) => {
      fc.assert(
        fc.property(anyDatagrams, (all) => {
          const packed = packedPorts(() => [...all, done], family);
          const { batches, failure, opened } = ports(() => [...all, done]);
          const code = (error: unknown) => (error as { code?: string } | null)?.code;
          expect(code(packed.failure)).toBe(code(failure));
          expect([packed.opened, packed.closed]).toEqual([opened, opened]);
          // A message in any bytes may say that it is of IPv6.
          const there = [...packed.batches.flat(), ...packed.inet6.flat()];
          if (failure === null) expect(there.sort()).toEqual(batches.flat().sort());
        }),
      );
    },
  );

  it('joins short datagrams, and fills no batch beyond what it has room for', () => {
    const all = Array.from({ length: 3000 }, (_, index) => index + 1);
    const datagrams = Array.from({ length: 10 }, (_, at) =>
      Buffer.concat(all.slice(at * 300, at * 300 + 300).map(socket)),
    );
    const { batches, failure } = packedPorts(() => [...datagrams, done], 'inet');
    expect(failure).toBe(null);
    expect(batches.flat()).toEqual(all);
    expect(batches.map(({ length }) => length)).toEqual([1200, 1200, 600]);
  });

  it('keeps each family in order, whatever their shares', () => {
    const numbers = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 65_535 })), {
      minLength: 1,
      maxLength: 3000,
      size: 'max',
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 700 }), (all, perDatagram) => {
        const datagrams: Buffer[] = [];
        for (let at = 0; at < all.length; at += perDatagram) {
          const some = all.slice(at, at + perDatagram);
          datagrams.push(
            Buffer.concat(some.map(([is6, port]) => (is6 ? six(port) : socket(port)))),
          );
        }
        const { batches, inet6 } = packedPorts(() => [...datagrams, done], 'both');
        const portsOf = (family6: boolean) =>
          all.filter(([is6]) => is6 === family6).map(([, port]) => port);
        expect(batches.flat()).toEqual(portsOf(false));
        expect(inet6.flat()).toEqual(portsOf(true));
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['an error', refusal(12), 'ENOMEM'],
    ['an end in the middle of a message', socket(3).subarray(0, 60), 'EBADMSG'],
    ['no answer in time', Object.assign(new Error(), { code: 'EAGAIN' }), 'EAGAIN'],
  ])('has what was before %s', (_, last, code) => {
    const { batches, failure, closed } = packedPorts(() => [socket(1), socket(2), last], 'inet');
    expect(batches).toEqual([[1, 2]]);
    expect(failure).toMatchObject({ code });
    expect(closed).toBe(1);
  });
});
