import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiagPack } from '../../../../src/sources/linux/netlink/message-packer.ts';
import {
  columnsForPacks,
  packedDump,
  packedTcpDump,
} from '../../../../src/sources/linux/netlink/packed-dump.ts';
import { anyDatagrams, ports, request, socket } from './dumps.ts';
import { type Answers, done, fakeKernel, inetBody, message, refusal } from './support.ts';

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

  it.each(['both', 'inet'] as const)(
    'of %s keeps its columns if nothing can be asked',
    (family) => {
      const columns = columnsForPacks();
      const refused = () => {
        throw Object.assign(new Error(), { code: 'EMFILE' });
      };
      const facts = { timers: true, users: true, connectedOnly: false };
      const wanted = { tcpInfo: true, socketInfo: false, cgroups: false };
      const dump = family === 'both' ? packedTcpDump : packedDump;
      expect(() => dump(refused, request, facts, wanted, false)).toThrow();
      expect(columnsForPacks()).toBe(columns);
    },
  );
});
