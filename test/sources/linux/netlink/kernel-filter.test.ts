import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type PatternAtom,
  pattern,
  type SocketPattern,
} from '../../../../src/model/socket/pattern.ts';
import { type StateFilter, stateFilterOf } from '../../../../src/model/socket/state.ts';
import { parsePrefix } from '../../../../src/select/address.ts';
import { kernelFilter } from '../../../../src/sources/linux/netlink/kernel-filter.ts';
import { tcpStateOf } from '../../../../src/sources/linux/sockets/states.ts';
import {
  anyPattern,
  anyPort,
  inState,
  listening,
  matches,
  port,
} from '../../../support/patterns.ts';

/** A socket as the kernel's program sees it: addresses in words, as they are in a message. */
interface Seen {
  readonly family: 'inet' | 'inet6';
  readonly local: readonly number[];
  readonly remote: readonly number[];
  readonly localPort: number;
  readonly remotePort: number;
}

/** Whether the first `bits` bits are the same. */
const agree = (some: readonly number[], others: readonly number[], bits: number) => {
  const text = (words: readonly number[]) =>
    words.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
  return text(some).slice(0, bits) === text(others).slice(0, bits);
};

const isMapped = ([a, b, c]: readonly number[]) => a === 0 && b === 0 && c === 0xffff;

/** Whether an operation is true: inet_diag_bc_run() of Linux. */
function isTrue(program: Buffer, at: number, seen: Seen): boolean {
  const operand = program.subarray(at + 4);
  switch (program[at]) {
    case 1:
      return false;
    case 2:
      return seen.localPort >= operand.readUInt16LE(2);
    case 3:
      return seen.localPort <= operand.readUInt16LE(2);
    case 4:
      return seen.remotePort >= operand.readUInt16LE(2);
    case 5:
      return seen.remotePort <= operand.readUInt16LE(2);
    case 7:
    case 8: {
      expect(operand.readInt32LE(4)).toBe(-1);
      const words = program[at] === 7 ? seen.local : seen.remote;
      const bits = operand.readUInt8(1);
      const is6 = operand.readUInt8(0) === 10;
      const wanted = [0, 1, 2, 3].slice(0, is6 ? 4 : 1).map((i) => operand.readUInt32BE(8 + 4 * i));
      if (is6 === (seen.family === 'inet6')) return agree(words, wanted, bits);
      return !is6 && isMapped(words) && agree(words.slice(3), wanted, bits);
    }
    default:
      throw new Error(`operation ${program[at]}`);
  }
}

/** The starts of a program's operations. */
function starts(program: Buffer): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = 0; at < program.length; at += program[at + 1] as number) found.add(at);
  return found;
}

/** Checks a program as inet_diag_bc_audit() does, runs it, and returns whether it accepts the socket. */
function accepts(bytes: Uint8Array, seen: Seen): boolean {
  const program = Buffer.from(bytes);
  const valid = starts(program);
  const { length } = program;
  for (const at of valid) {
    for (const to of [at + (program[at + 1] as number), at + program.readUInt16LE(at + 2)]) {
      expect(to > at && (valid.has(to) || to === length || to === length + 4), `to ${to}`).toBe(
        true,
      );
    }
  }
  let at = 0;
  while (at < length) {
    at += isTrue(program, at, seen) ? (program[at + 1] as number) : program.readUInt16LE(at + 2);
  }
  return at === length;
}

const words4 = fc.constantFrom([0], [0x7f000001], [0x0a010203], [0xc0000201]);
const words6 = fc.constantFrom(
  ...[
    [0, 0, 0, 0],
    [0, 0, 0, 1],
    [0x20010db8, 0, 0, 1],
    [0, 0, 0xffff, 0x0a010203],
  ],
);
const seenIn = (family: 'inet' | 'inet6'): fc.Arbitrary<Seen> => {
  const words = family === 'inet' ? words4 : words6;
  return fc.record({
    ...{ family: fc.constant(family), local: words, remote: words },
    ...{ localPort: anyPort, remotePort: anyPort },
  });
};

/** What an atom is for a socket, from its definition. */
const truth =
  (seen: Seen, protocol: 'tcp' | 'udp', state: StateFilter) =>
  (one: PatternAtom): boolean => {
    switch (one.kind) {
      case 'port': {
        const found = one.end === 'local' ? seen.localPort : seen.remotePort;
        return found >= one.low && found <= one.high;
      }
      case 'address': {
        const found = one.end === 'local' ? seen.local : seen.remote;
        const { version, words, length } = one.prefix;
        if (seen.family === 'inet' && version === 6) return false;
        const whole = seen.family === 'inet' ? [0, 0, 0xffff, ...found] : found;
        return agree(whole, [words.a, words.b, words.c, words.d], length);
      }
      case 'state':
        return one.states.has(state);
      case 'table':
        return (
          (one.protocol === null || one.protocol === protocol) &&
          (one.family === null || one.family === seen.family)
        );
    }
  };

const hex = (program: Uint8Array | null) =>
  program === null
    ? null
    : Buffer.from(program)
        .toString('hex')
        .replace(/.{8}(?=.)/g, '$& ');

describe('what the kernel is asked for', () => {
  it.each(['inet', 'inet6'] as const)('leaves out nothing that matches: %s', (family) => {
    let exact = 0;
    const property = fc.property(
      ...([anyPattern, seenIn(family), fc.nat(20), fc.boolean()] as const),
      (wanted, seen, code, isTcp) => {
        const protocol = isTcp ? 'tcp' : 'udp';
        const { states, program } = kernelFilter(wanted, protocol, family);
        const isAsked =
          ((states >>> code) & 1) === 1 && (program === null || accepts(program, seen));
        const state = isTcp ? stateFilterOf(tcpStateOf(code)) : 'established';
        const isWanted = matches(wanted, truth(seen, protocol, state));
        if (isWanted) expect(isAsked).toBe(true);
        if (isAsked === isWanted) exact++;
      },
    );
    fc.assert(property, { numRuns: 3000 });
    // Most of the rest is not asked for: some patterns of states are not expressible.
    expect(exact).toBeGreaterThan(2500);
  });

  it('is all, where that is wanted, and the whole table where it is not known how', () => {
    const all = { states: -1, program: null };
    expect(kernelFilter(true, 'tcp', 'inet')).toEqual(all);
    expect(kernelFilter(port('local', 0, 65535), 'tcp', 'inet')).toEqual(all);
    expect(kernelFilter(port('local', 6), 'raw', 'inet')).toEqual(all);
    expect(kernelFilter(listening, 'udp', 'inet')).toEqual(all);
    const many = Array.from({ length: 400 }, (_, i) => port('local', 2 * i));
    expect(kernelFilter(pattern.any(many), 'tcp', 'inet')).toEqual(all);
  });

  it('is a port by two comparisons', () => {
    const { states, program } = kernelFilter(port('local', 22), 'tcp', 'inet');
    expect(states).toBe(-1);
    // At least 22, else 16 bytes on, which is 4 behind the end; the same for at most.
    expect(hex(program)).toBe('02081400 00001600 03080c00 00001600');
  });

  it('is either end by a jump over the other', () => {
    const either = pattern.any([port('local', 0, 9), port('remote', 9, 65535)]);
    const { program } = kernelFilter(either, 'tcp', 'inet6');
    expect(hex(program)).toBe('03080c00 00000900 01040c00 04080c00 00000900');
  });

  it('is a network by its family, length and address', () => {
    const of = (text: string, family: 'inet' | 'inet6') => {
      const one = { kind: 'address', end: 'remote', prefix: parsePrefix(text) } as SocketPattern;
      return hex(kernelFilter(one, 'tcp', family).program);
    };
    expect(of('10.1.0.0/16', 'inet')).toBe('08101400 02100000 ffffffff 0a010000');
    expect(of('10.1.0.0/16', 'inet6')).toBe(of('10.1.0.0/16', 'inet'));
    const six = '081c2000 0a200000 ffffffff 20010db8 00000000 00000000 00000000';
    expect(of('2001:db8::/32', 'inet6')).toBe(six);
    // Nothing matches: reject at once.
    expect(of('2001:db8::/32', 'inet')).toBe('01040800');
  });

  it('is states alone where ports do not matter, and ports where all of these have them', () => {
    expect(kernelFilter(listening, 'tcp', 'inet')).toEqual({ states: 1 << 10, program: null });
    // The kernel has two codes for SYN_RECV.
    expect(kernelFilter(inState('syn-recv'), 'tcp', 'inet').states).toBe((1 << 3) | (1 << 12));
    const both = pattern.all([inState('time-wait', 'established'), port('local', 22)]);
    const { states, program } = kernelFilter(both, 'tcp', 'inet');
    expect(states).toBe((1 << 1) | (1 << 6));
    expect(hex(program)).toBe(hex(kernelFilter(port('local', 22), 'tcp', 'inet').program));
    // Every established connection, so every port.
    const either = pattern.any([inState('established'), port('local', 22)]);
    expect(kernelFilter(either, 'tcp', 'inet')).toEqual({ states: -1, program: null });
  });
});
