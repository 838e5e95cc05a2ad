import fc from 'fast-check';
import { expect } from 'vitest';
import { decodeKernelLayout, type ReadAt } from '../../../src/sources/linux/bpf/btf.ts';
import { fittedTo } from '../../../src/sources/linux/bpf/fitting.ts';
import {
  membersToKnow,
  ownerProgram,
  visitedBy,
} from '../../../src/sources/linux/bpf/owner-program.ts';
import {
  type BtfMember,
  type BtfType,
  btfBlob,
  composite,
  kinds,
  struct,
} from '../../sources/linux/support/btf-blob.ts';
import type { Target } from '../target.ts';

const visit: BtfType = { kind: kinds.function, name: visitedBy, count: 1 };
const names = [...new Set(['', visitedBy, 'other', ...membersToKnow.flat()])];

/** The needed structures, each member at a place of its own. */
const needed = [...new Set(membersToKnow.map(([of]) => of))].map((of) =>
  struct(
    of,
    membersToKnow.flatMap(([its, member], at): BtfMember[] =>
      its === of ? [[member, 1, 64 * at]] : [],
    ),
    { size: 1024 },
  ),
);

/** Mostly none. */
const anyName = fc.oneof(fc.constant(''), fc.constantFrom(...names));
const place = fc.oneof({ weight: 3, arbitrary: fc.nat(64) }, fc.nat(0xffffffff));

/** How many words follow a type of each kind: a fixed number, and some for each of its members. */
const wordsBehind: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  ...{ [kinds.int]: [1, 0], [kinds.array]: [3, 0], [kinds.variable]: [1, 0] },
  ...{ [kinds.declarationTag]: [1, 0], [kinds.enum]: [0, 2], [kinds.prototype]: [0, 2] },
  ...{ [kinds.section]: [0, 3], [kinds.enum64]: [0, 3] },
};

/** A type of any kind; its members may be of any type, its own too. */
const anyType: fc.Arbitrary<BtfType> = fc.oneof(
  // Structures that contain each other and themselves.
  fc
    .tuple(anyName, fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }))
    .map(([name, of]) => struct(name, of.map((type): BtfMember => ['', type, 0]))), // biome-ignore format: a row
  fc
    .tuple(
      fc.constantFrom(kinds.struct, kinds.union),
      anyName,
      fc.array(fc.tuple(anyName, fc.nat(20), place), { maxLength: 12 }),
      fc.boolean(),
      fc.nat(0xffffffff),
    )
    .map(([kind, name, members, flag, size]) => composite(kind, name, members, { flag, size })),
  fc.tuple(fc.integer({ min: 1, max: 19 }), anyName, fc.nat(3)).map(([kind, name, count]) => {
    const [fixed, each] = wordsBehind[kind] ?? [0, 0];
    const isCounted = each > 0 || kind === kinds.function;
    const behind = new Array<number>(fixed + each * count).fill(count);
    return { kind, name, count: isCounted ? count : 0, behind };
  }),
);

/** Types, some of them needed ones; with wrong bytes, and cut short. */
const description: fc.Arbitrary<readonly number[]> = fc
  .record({
    types: fc.tuple(
      ...[0, 1, 2].map(() => fc.array(anyType, { maxLength: 6 })),
      fc.oneof(fc.constant([...needed, visit]), fc.subarray([...needed, visit], { minLength: 4 })),
    ),
    wrong: fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { maxLength: 4 }),
    end: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.nat(1200)),
  })
  .map(({ types, wrong, end }) => {
    const [before = [], between = [], behind = [], some = []] = types as BtfType[][];
    const half = some.length >> 1;
    const all = [...before, ...some.slice(0, half), ...between, ...some.slice(half), ...behind];
    const blob = btfBlob(all);
    for (const [at, byte] of wrong) if (at < blob.length) blob[at] = byte;
    return [...blob.subarray(0, end ?? blob.length)];
  });

/** Reads like from a file; throws if it is read without end. */
function readerOf(bytes: readonly number[]): ReadAt {
  const blob = Buffer.from(bytes);
  let reads = 0;
  return (into, from) => {
    if (++reads > 20_000) throw new Error('it reads without an end');
    return from >= blob.length ? 0 : blob.copy(into, 0, from, from + into.length);
  };
}

const decode = (bytes: readonly number[]) =>
  decodeKernelLayout(readerOf(bytes), visitedBy, membersToKnow);

/** The running kernel's description of its types. */
const kernelTypes: Target<readonly number[]> = {
  name: 'linux-kernel-types',
  covers: ['decodeKernelLayout'],
  input: description,
  read: decode,
  check(bytes) {
    const layout = decode(bytes);
    if (layout === null) return;
    expect(Number.isInteger(layout.functionId) && layout.functionId > 0).toBe(true);
    for (const member of membersToKnow) {
      const place = layout.offsetOf(...member);
      expect(Number.isInteger(place) && place >= 0 && place <= 0x7fff, `${member}`).toBe(true);
    }
    // A program can be built from whatever it says.
    for (const depth of ['netstat', 'all'] as const) {
      expect(fittedTo(ownerProgram(depth, 3), layout).length % 8).toBe(0);
    }
  },
  growing: {
    types: (size) => {
      const many = new Array<BtfType>(Math.ceil(size / 12)).fill({ kind: kinds.pointer });
      return [...btfBlob([...many, ...needed, visit])];
    },
    names: (size) => [...btfBlob([...needed, visit], { lastNames: ['x'.repeat(size)] })],
    members: (size) => {
      const many = Array.from({ length: Math.ceil(size / 12) }, (): BtfMember => ['other', 1, 0]);
      return [...btfBlob([struct('file', many), ...needed, visit])];
    },
    'structures that hold each other': (size) => {
      const many = Array.from({ length: Math.ceil(size / 24) }, (_, at): BtfMember => {
        return ['', (at % 2) + 1, 0];
      });
      return [...btfBlob([struct('file', many), struct('', many), ...needed, visit])];
    },
  },
};

export const linuxKernelTypeTargets = [kernelTypes] as const;
