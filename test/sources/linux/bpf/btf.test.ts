import { closeSync, openSync, readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeKernelLayout, kernelTypesFile } from '../../../../src/sources/linux/bpf/btf.ts';
import type { Member } from '../../../../src/sources/linux/bpf/instructions.ts';
import { membersToKnow, visitedBy } from '../../../../src/sources/linux/bpf/owner-program.ts';
import { because, reasonToSkip } from '../../../support/requirements.ts';
import {
  type BtfMember,
  type BtfOptions,
  type BtfType,
  btfBlob,
  composite,
  kinds,
  readerOf,
  struct,
} from '../support/btf-blob.ts';

const visit: BtfType = { kind: kinds.function, name: 'visit', count: 1 };
const int: BtfType = { kind: kinds.int, name: 'int', size: 4, behind: [0x20] };
const pointer: BtfType = { kind: kinds.pointer };
/** How much is read at a time. */
const window = 64 * 1024;

function decode(types: readonly BtfType[], members: readonly Member[], options?: BtfOptions) {
  return decodeKernelLayout(readerOf(btfBlob(types, options)), 'visit', members);
}

/** Where the member `it` of the structure `of` is, if these are its members, and `others` the types behind it. */
function placeIn(members: readonly BtfMember[], others: readonly BtfType[] = [], flag = false) {
  const of = struct('of', members, { flag });
  return decode([of, ...others, visit], [['of', 'it']])?.offsetOf('of', 'it') ?? null;
}

describe('decodeKernelLayout', () => {
  it('returns the number of the function, the size of structures and where their members are', () => {
    const members: Member[] = [
      ['task', 'pid'],
      ['task', 'tgid'],
      ['file', 'inode'],
    ];
    const layout = decode(
      [
        int,
        struct(
          'task',
          [
            ['pid_links', 1, 0],
            ['pid', 1, 64],
            ['tgid', 1, 96],
          ],
          { size: 40 },
        ),
        // Other things of the same names, before and behind.
        { kind: kinds.typedef, name: 'file', size: 2 },
        { kind: kinds.forward, name: 'file' },
        struct('my_file', [['inode', 1, 800]]),
        struct('file', [['inode', 1, 256]], { size: 64 }),
        struct('file', [['inode', 1, 512]], { size: 128 }),
        struct('visit', []),
        visit,
        { ...visit, count: 0 },
      ],
      members,
    );
    expect(layout?.functionId).toBe(9);
    expect(members.map((member) => layout?.offsetOf(...member))).toEqual([8, 12, 32]);
    expect([layout?.sizeOf('task'), layout?.sizeOf('file')]).toEqual([40, 64]);
  });

  it.each<[string, BtfType]>([
    ['int', int],
    ['pointer', pointer],
    ['array', { kind: kinds.array, behind: [1, 1, 7] }],
    ['struct', struct('a', [['it', 1, 8]])],
    ['struct of none', struct('', [])],
    ['union', composite(kinds.union, 'u', [['it', 1, 0], ['b', 1, 0]])], // biome-ignore format: a row
    ['enum', { kind: kinds.enum, count: 3, behind: ['A', 0, 'B', 1, 'C', 2] }],
    ['forward', { kind: kinds.forward, flag: true }],
    ['typedef', { kind: kinds.typedef, name: 'of', size: 1 }],
    ['volatile', { kind: kinds.volatile, size: 1 }],
    ['const', { kind: kinds.const, size: 1 }],
    ['restrict', { kind: kinds.restrict, size: 1 }],
    ['function, whose linkage is no count', { kind: kinds.function, name: 'other', count: 2 }],
    ['prototype', { kind: kinds.prototype, count: 2, behind: ['a', 1, '', 0] }],
    ['variable', { kind: kinds.variable, name: 'v', behind: [1] }],
    ['section', { kind: kinds.section, count: 2, behind: [1, 0, 8, 1, 8, 8] }],
    ['float', { kind: kinds.float, size: 8 }],
    ['declaration tag', { kind: kinds.declarationTag, name: 'tag', behind: [0xffffffff] }],
    ['type tag', { kind: kinds.typeTag, name: 'tag', size: 1 }],
    ['enum64', { kind: kinds.enum64, count: 2, behind: ['A', 0, 0, 'B', 1, 1] }],
  ])('passes over a type of the kind %s, which counts as one', (_, other) => {
    const types = [other, other, struct('of', [['it', 1, 24]]), other, visit];
    const layout = decode(types, [['of', 'it']]);
    expect(layout?.functionId).toBe(5);
    expect(layout?.offsetOf('of', 'it')).toBe(3);
  });

  it('reaches what structures and unions without a name hold, as if it stood there', () => {
    const union = composite(kinds.union, '', [
      ['whole', 1, 0],
      ['', 3, 0],
    ]);
    const within = struct('', [
      ['low', 1, 0],
      ['it', 1, 32],
    ]);
    const before = struct('', [['else', 1, 0]]);
    const members: BtfMember[] = [
      ['a', 1, 0],
      ['', 4, 32],
      ['', 2, 64],
    ];
    expect(placeIn(members, [union, within, before])).toBe(12);
  });

  it('takes what stands there itself before what is held by one without a name', () => {
    const members: BtfMember[] = [
      ['', 2, 0],
      ['it', 1, 64],
    ];
    expect(placeIn(members, [struct('', [['it', 1, 8]])])).toBe(8);
  });

  it('does not look into a member that has a name, nor into what is no structure', () => {
    const within = struct('', [['it', 1, 0]]);
    expect(placeIn([['other', 2, 0]], [within])).toBeNull();
    expect(placeIn([['', 2, 0]], [{ kind: kinds.enum, count: 1, behind: ['it', 0] }])).toBeNull();
    expect(placeIn([['', 99, 0]], [within])).toBeNull();
  });

  it.each([
    [8, 8],
    [9, null],
  ])('looks into structures without a name %d deep: %j', (deep, place) => {
    const nested = Array.from({ length: deep }, (_, at) =>
      struct('', [at === deep - 1 ? ['it', 1, 8] : ['', at + 3, 8]]),
    );
    expect(placeIn([['', 2, 0]], nested)).toBe(place);
  });

  it('ends where structures hold themselves, which none does', () => {
    const many = Array.from({ length: 2000 }, (_, at): BtfMember => ['', (at % 3) + 1, 0]);
    expect(placeIn(many, [struct('', many), composite(kinds.union, '', many)])).toBeNull();
  });

  it('leaves out the size in bits that a place has in its upper byte if the type has one', () => {
    const sized = (9 << 24) | 48;
    expect(placeIn([['it', 1, sized]], [], true)).toBe(6);
    // Without that it is a place, and too far.
    expect(placeIn([['it', 1, sized]], [], false)).toBeNull();
    const bits = (1 << 24) | 64;
    expect(placeIn([['', 2, bits]], [struct('', [['it', 1, bits]], { flag: true })], true)).toBe(
      16,
    );
  });

  it.each([
    ['that begins within a byte', 12, null],
    ['as far as an instruction reaches', 0x7fff * 8, 0x7fff],
    ['farther than that', 0x8000 * 8, null],
  ])('returns the place of a member, or null: one %s', (_, bits, place) => {
    expect(placeIn([['it', 1, bits]])).toBe(place);
  });

  it('adds places up before it looks whether they are whole bytes', () => {
    const within = struct('', [['it', 1, 4]]);
    expect(placeIn([['', 2, 12]], [within])).toBe(2);
    expect(placeIn([['', 2, 8]], [within])).toBeNull();
  });

  it.each<[string, BtfType[], Member[]]>([
    ['the function', [struct('of', [['it', 1, 0]])], [['of', 'it']]],
    ['a function: it is something else of that name', [{ ...visit, kind: kinds.typedef }], []],
    ['a structure', [visit], [['of', 'it']]],
    [
      'a structure: it is only declared',
      [visit, { kind: kinds.forward, name: 'of' }],
      [['of', 'it']],
    ],
    [
      'a structure: it is a union',
      [visit, composite(kinds.union, 'of', [['it', 1, 0]])],
      [['of', 'it']],
    ],
    [
      'a member',
      [
        struct('of', [
          ['item', 1, 0],
          ['i', 1, 0],
        ]),
        visit,
      ],
      [['of', 'it']],
    ],
    [
      'one of two members',
      [struct('of', [['it', 1, 0]]), visit],
      [
        ['of', 'it'],
        ['of', 'no'],
      ],
    ],
  ])('has no answer without %s', (_, types, members) => {
    // biome-ignore format: rows
    expect(decode(types, members)).toBeNull();
  });

  it.each([20, 31])('has no answer after a type of an unknown kind: %d', (kind) => {
    expect(decode([{ kind }, visit], [])).toBeNull();
    expect(decode([visit, { kind }], [])?.functionId).toBe(1);
  });

  it.each([
    ['of another version', btfBlob([visit], { version: 2 })],
    ['of the other byte order', btfBlob([visit]).subarray(0, 2).reverse()],
    ['that is empty', Buffer.alloc(0)],
    ['that is nothing but zeros', Buffer.alloc(window)],
    ['that is something else', Buffer.from('\x7fELF'.padEnd(100))],
  ])('has no answer of a description %s', (_, blob) => {
    expect(decodeKernelLayout(readerOf(blob), 'visit', [])).toBeNull();
  });

  it('has no answer of a whole description in the other byte order', () => {
    const blob = btfBlob([visit]);
    // Words throughout, but for the first one's halves.
    blob.subarray(0, 2).swap16();
    for (let at = 4; at < 36; at += 4) blob.subarray(at, at + 4).reverse();
    expect(decodeKernelLayout(readerOf(blob), 'visit', [])).toBeNull();
  });

  it("uses the header's own size and the positions of the parts", () => {
    const options = { moreHeader: 8, gap: 16, behind: 40 };
    expect(decode([struct('of', [['it', 1, 8]]), visit], [['of', 'it']], options)?.functionId).toBe(
      2,
    );
  });
});

describe('a description that is read in parts', () => {
  const of = struct('of', [['other', 1, 8], ['it', 1, 24]]); // biome-ignore format: a row

  it.each([-3, -2, -1, 0, 1])('is understood where a type is cut by the end of one: %d', (from) => {
    // Twelve bytes each, which a part is no multiple of.
    const fillers = new Array<BtfType>(Math.floor(window / 12) + from).fill(pointer);
    const layout = decode([...fillers, of, ...fillers, visit], [['of', 'it']]);
    expect(layout?.functionId).toBe(2 * fillers.length + 2);
    expect(layout?.offsetOf('of', 'it')).toBe(3);
  });

  it('is understood where what stands behind a type is longer than a part', () => {
    const values = new Array<number>(2 * 20_000).fill(0);
    const long: BtfType = { kind: kinds.enum, count: 20_000, behind: values };
    expect(decode([long, of, visit], [['of', 'it']])?.functionId).toBe(3);
  });

  it('is understood wherever the end of one cuts a name', () => {
    for (let length = window - 100; length < window + 8; length++) {
      const options = { firstNames: ['x'.repeat(length)] };
      const layout = decode([of, visit], [['of', 'it']], options);
      expect([layout?.functionId, layout?.offsetOf('of', 'it')], `${length}`).toEqual([2, 3]);
    }
  });

  it('is understood where the names of members are far behind', () => {
    const options = {
      firstNames: ['of', 'visit', ...'abcdefgh'].flatMap((n) => [n, n.repeat(2e4)]),
    };
    expect(decode([of, visit], [['of', 'it']], options)?.offsetOf('of', 'it')).toBe(3);
  });

  it.each([0, 1, 63, 64, 65, window, 3 * window])(
    'has no answer, and an end, where a name is missing and %d bytes stand behind the names',
    (behind) => {
      for (const length of [1, window - 70, window - 2, window - 1, window, 2 * window - 66]) {
        const reader = readerOf(btfBlob([of], { firstNames: ['x'.repeat(length)], behind }));
        const bounded = (bytes: Buffer, from: number) => {
          if (reader.reads > 20) throw new Error('no end');
          return reader(bytes, from);
        };
        expect(decodeKernelLayout(bounded, 'visit', [['of', 'it']])).toBeNull();
      }
    },
  );

  it('does not take for a name what stands behind the names', () => {
    const blob = Buffer.concat([btfBlob([of, pointer]), Buffer.from('visit\0')]);
    expect(decodeKernelLayout(readerOf(blob), 'visit', [['of', 'it']])).toBeNull();
  });

  it('has the right answer or none, wherever it ends', () => {
    const within = struct('', [['deep', 1, 32]]);
    const types = [int, within, struct('of', [['it', 1, 8], ['', 2, 64]]), visit, pointer]; // biome-ignore format: a row
    const members: Member[] = [['of', 'it'], ['of', 'deep']]; // biome-ignore format: a row
    const blob = btfBlob(types, { lastNames: ['some', 'more', 'names'] });
    const tell = (end: number) => {
      const layout = decodeKernelLayout(readerOf(blob.subarray(0, end)), 'visit', members);
      return layout && [layout.functionId, ...members.map((member) => layout.offsetOf(...member))];
    };
    const answers = Array.from({ length: blob.length + 1 }, (_, end) => JSON.stringify(tell(end)));
    expect(new Set(answers)).toEqual(new Set(['null', '[4,1,12]']));
    expect(answers.at(-1)).toBe('[4,1,12]');
  });
});

const reason = reasonToSkip({
  platforms: ['linux'],
  files: { [kernelTypesFile]: 'a kernel that was built with CONFIG_DEBUG_INFO_BTF has it' },
});

describe.skipIf(reason !== null)(`the running kernel's own${because(reason)}`, () => {
  function fromKernel(members: readonly Member[]) {
    const file = openSync(kernelTypesFile, 'r');
    try {
      // A page at a time, as the kernel hands it out, until there is no room.
      const read = (bytes: Buffer, from: number) => {
        let length = 0;
        for (let got = -1; got !== 0 && length < bytes.length; length += got) {
          got = readSync(file, bytes, length, bytes.length - length, from + length);
        }
        return length;
      };
      return decodeKernelLayout(read, visitedBy, members);
    } finally {
      closeSync(file);
    }
  }

  it('returns all that is needed', () => {
    const layout = fromKernel(membersToKnow);
    expect(layout?.functionId).toBeGreaterThan(0);
    for (const [of, member] of membersToKnow) {
      const place = layout?.offsetOf(of, member) as number;
      expect(place, `${of}.${member}`).toBeGreaterThanOrEqual(0);
      expect(place, `${of}.${member}`).toBeLessThan(
        (layout?.sizeOf(of) as number) + (member === 'numbers' ? 1 : 0),
      );
    }
    // <linux/sched.h>, <linux/pid.h>: two pid_t side by side; a number, and the namespace that it is one in.
    const at = (of: string, member: string) => layout?.offsetOf(of, member) as number;
    expect(at('task_struct', 'tgid')).toBe(at('task_struct', 'pid') + 4);
    expect([at('upid', 'nr'), layout?.sizeOf('upid')]).toEqual([0, 16]);
    expect(at('pid', 'level') % 4).toBe(0);
    expect(at('pid', 'numbers') % 8).toBe(0);
  });

  it('has no member that no kernel has', () => {
    expect(fromKernel([['task_struct', 'no_such_member']])).toBeNull();
  });
});
