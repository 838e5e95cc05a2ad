import { highestPort } from '../../../model/address/port.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import {
  type AddressAtom,
  decided,
  type PatternAtom,
  type PortAtom,
  pattern,
  patternInTable,
  type SocketPattern,
} from '../../../model/socket/pattern.ts';
import { type StateFilter, stateFilterOf } from '../../../model/socket/state.ts';
import { tcpStateOf } from '../sockets/states.ts';
import { familyNumber, type protocolNumber } from './sock-diag.ts';

/** Which sockets of a table the kernel is asked for. */
export interface KernelFilter {
  /** A bit set of state codes. */
  readonly states: number;
  /** A program that the kernel runs for each socket (INET_DIAG_REQ_BYTECODE); null: none is needed. */
  readonly program: Uint8Array | null;
}

const anything: KernelFilter = { states: -1, program: null };

/**
 * A longer program is not sent: the kernel runs it for each socket, and beyond some hundreds of comparisons that takes as
 * long as passing the socket on.
 */
const longestProgram = 4096;

/** What the kernel can be asked for instead of a whole table, so that nothing of the pattern is missing. */
export function kernelFilter(
  wanted: SocketPattern,
  protocol: keyof typeof protocolNumber,
  family: InetFamily,
): KernelFilter {
  // The number of a raw socket's protocol stands where others have their port.
  if (wanted === true || protocol === 'raw') return anything;
  const ofTable = patternInTable(wanted, { protocol, family });
  if (!namesStates(ofTable)) return { states: -1, program: programOf(ofTable) };
  return protocol === 'tcp' ? inStates(ofTable) : anything;
}

function namesStates(one: SocketPattern): boolean {
  if (typeof one === 'boolean') return false;
  if (one.kind === 'not') return namesStates(one.of);
  if (one.kind === 'all' || one.kind === 'any') return one.of.some(namesStates);
  return one.kind === 'state';
}

/** The states in which a TCP socket may match; the program is for those together. */
function inStates(wanted: SocketPattern): KernelFilter {
  // Several codes may have the same name: without one, or SYN_RECV's two.
  const codes = new Map<StateFilter, number>();
  for (let code = 0; code < 32; code++) {
    const name = stateFilterOf(tcpStateOf(code));
    codes.set(name, (codes.get(name) ?? 0) | (1 << code));
  }
  let states = 0;
  const left = new Map<string, SocketPattern>();
  for (const [name, bits] of codes) {
    const one = decided(wanted, (atom) => (atom.kind === 'state' ? atom.states.has(name) : null));
    if (one === false) continue;
    states |= bits;
    left.set(JSON.stringify(one), one);
  }
  return { states, program: programOf(pattern.any([...left.values()])) };
}

/** The operations of a program: <linux/inet_diag.h>, INET_DIAG_BC_*. */
const operation = {
  jump: 1,
  localAtLeast: 2,
  localAtMost: 3,
  remoteAtLeast: 4,
  remoteAtMost: 5,
  localHost: 7,
  remoteHost: 8,
} as const;

/** The length of an operation: `struct inet_diag_bc_op`. */
const operationSize = 4;

/** Where an operation goes on if it is false; it is known once the code up to there is. */
interface Label {
  at: number;
}

interface Step {
  readonly at: number;
  readonly bytes: Buffer;
  readonly ifFalse: Label;
}

/**
 * Translates a pattern without states and tables. A program that ends exactly at its end accepts the socket, and one that
 * goes on 4 bytes behind it rejects it. It can only go forward.
 */
function programOf(wanted: SocketPattern): Buffer | null {
  if (wanted === true) return null;
  const steps: Step[] = [];
  let size = 0;
  const add = (code: number, more: Buffer, ifFalse: Label) => {
    const bytes = Buffer.alloc(operationSize + more.length);
    bytes.writeUInt8(code, 0);
    // If it is true, the next operation follows.
    bytes.writeUInt8(bytes.length, 1);
    more.copy(bytes, operationSize);
    steps.push({ at: size, bytes, ifFalse });
    size += bytes.length;
  };
  const jump = (to: Label) => add(operation.jump, Buffer.alloc(0), to);

  function translate(one: SocketPattern, ifFalse: Label): void {
    if (typeof one === 'boolean') {
      if (!one) jump(ifFalse);
      return;
    }
    switch (one.kind) {
      case 'all':
        for (const part of one.of) translate(part, ifFalse);
        return;
      case 'any':
        anyOf(one.of, ifFalse);
        return;
      case 'not': {
        const isFalse = { at: 0 };
        translate(one.of, isFalse);
        jump(ifFalse);
        isFalse.at = size;
        return;
      }
      case 'port':
        for (const [code, port] of comparisons(one)) add(code, portOperand(port), ifFalse);
        return;
      case 'address':
        add(
          one.end === 'local' ? operation.localHost : operation.remoteHost,
          hostOperand(one),
          ifFalse,
        );
        return;
      default:
        throw new Error(`a ${(one satisfies PatternAtom).kind} cannot be translated`);
    }
  }

  function anyOf(parts: readonly SocketPattern[], ifFalse: Label): void {
    const isTrue = { at: 0 };
    parts.forEach((part, i) => {
      const isLast = i === parts.length - 1;
      const next = { at: 0 };
      translate(part, isLast ? ifFalse : next);
      if (isLast) return;
      jump(isTrue);
      next.at = size;
    });
    isTrue.at = size;
  }

  const rejected = { at: 0 };
  translate(wanted, rejected);
  if (size === 0 || size > longestProgram) return null;
  rejected.at = size + operationSize;
  for (const { at, bytes, ifFalse } of steps) bytes.writeUInt16LE(ifFalse.at - at, 2);
  return Buffer.concat(steps.map(({ bytes }) => bytes));
}

/** The comparisons of a range, with their ports; an end of the range that excludes nothing needs none. */
function comparisons({ end, low, high }: PortAtom): readonly (readonly [number, number])[] {
  const { localAtLeast, localAtMost, remoteAtLeast, remoteAtMost } = operation;
  const [atLeast, atMost] =
    end === 'local' ? [localAtLeast, localAtMost] : [remoteAtLeast, remoteAtMost];
  return [
    ...(low > 0 ? [[atLeast, low] as const] : []),
    ...(high < highestPort ? [[atMost, high] as const] : []),
  ];
}

/** A port, as a further operation that only has that number. */
function portOperand(port: number): Buffer {
  const bytes = Buffer.alloc(operationSize);
  bytes.writeUInt16LE(port, 2);
  return bytes;
}

/** `struct inet_diag_hostcond`, with an address in the order of the network. Port -1 is any. */
function hostOperand({ prefix: { version, words, length } }: AddressAtom): Buffer {
  const { a, b, c, d } = words;
  const address = version === 4 ? [d] : [a, b, c, d];
  const bytes = Buffer.alloc(8 + 4 * address.length);
  bytes.writeUInt8(familyNumber[version === 4 ? 'inet' : 'inet6'], 0);
  bytes.writeUInt8(version === 4 ? length - 96 : length, 1);
  bytes.writeInt32LE(-1, 4);
  address.forEach((word, i) => {
    bytes.writeInt32BE(word | 0, 8 + 4 * i);
  });
  return bytes;
}
