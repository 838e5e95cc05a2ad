import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnixSocket } from '../../../../src/model/socket/socket.ts';
import {
  parseUnixRow,
  unixHasInode,
  unixRowForm,
} from '../../../../src/sources/linux/sockets/unix-row.ts';
import { socketProblems } from '../../../contract/problems.ts';

function parse(line: string | Buffer, hasInode = true): UnixSocket | null {
  const bytes = Buffer.from(line as string);
  return parseUnixRow(bytes, 0, bytes.length, hasInode);
}

/** A row of /proc/net/unix with some fields replaced. */
function line(fields: Partial<Record<keyof typeof usual, string>> = {}): string {
  return Object.values({ ...usual, ...fields }).join(' ');
}
const usual = {
  number: '0000000000000000:',
  refCount: '00000002',
  protocol: '00000000',
  flags: '00010000',
  type: '0001',
  state: '01',
  inode: '12345',
  path: '/run/a.socket',
};

const whole: UnixSocket = {
  protocol: 'unix',
  family: 'unix',
  type: 'STREAM',
  state: 'LISTENING',
  refCount: 2,
  flags: 0x10000,
  path: '/run/a.socket',
  inode: 12345,
  owners: null,
  noOwner: null,
};

const { path: _, ...unbound } = usual;

describe('a whole row', () => {
  it.each([
    ['as usual', line(), {}],
    ['unbound', Object.values(unbound).join(' '), { path: null }],
    [
      'unbound, with the blank of an empty path',
      `${Object.values(unbound).join(' ')} `,
      { path: null },
    ],
    ['blanks in the path', line({ path: '/a b  c ' }), { path: '/a b  c ' }],
    ['a path that begins with a blank', line({ path: ' /a' }), { path: ' /a' }],
    ['a path like a number', line({ path: '99' }), { path: '99' }],
    ['an abstract name', line({ path: '@a@b' }), { path: '@a@b' }],
    ['only the mark of one', line({ path: '@' }), { path: '@' }],
    ['UTF-8', line({ path: '/café/日本' }), { path: '/café/日本' }],
    ['a padded inode', line({ inode: '   42' }), { inode: 42 }],
    ['inode 0 is none', line({ inode: '0' }), { inode: null }],
    ['an inode past 2^31 as old kernels print it', line({ inode: '   -2' }), { inode: 4294967294 }],
    ['NUL bytes behind a name', line({ path: '@name\0\0\0' }), { path: '@name' }],
    ['NUL bytes within one', line({ path: '@a\0b\0' }), { path: '@a\0b' }],
    ['a name of nothing but NUL bytes', line({ path: '@\0\0' }), { path: '@' }],
    ['NUL bytes and no name', line({ path: '\0' }), { path: null }],
    ['an old kernel’s short address', line({ number: 'c7b2ba60:' }), {}],
    ['an address that is hidden', line({ number: '0:' }), {}],
    ['many users', line({ refCount: 'FFFFFFFF' }), { refCount: 2 ** 32 - 1 }],
  ])('%s', (_, text, changes) => {
    expect(parse(text)).toEqual({ ...whole, ...changes });
  });

  it('keeps bytes that are no UTF-8 apart', () => {
    const bytes = Buffer.concat([Buffer.from(line({ path: '/x' })), Buffer.from([0xff, 0xc3])]);
    expect(parse(bytes)?.path).toBe('/x\\xff\\xc3');
  });

  it.each([
    ['a path', '/run/old socket'],
    ['a path like a number', '12345'],
  ])('of a kernel without inodes: %s', (_, path) => {
    const { inode, ...old } = usual;
    expect(parse(Object.values({ ...old, path }).join(' '), false)).toEqual({
      ...whole,
      inode: null,
      path,
    });
  });
});

describe('the kernel’s own form', () => {
  const form = (text: string, hasInode = true) =>
    unixRowForm(Buffer.from(text), 0, Buffer.byteLength(text), hasInode);
  const exact = { ...usual, inode: '12345' };
  const { inode, path, ...withoutInode } = usual;

  it.each([
    ['as usual', line(), true, 16],
    ['of 32 bits', line({ number: 'c7b2ba60:' }), true, 8],
    ['an inode that is padded', line({ inode: '   42' }), true, 16],
    ['an inode wider than its column', line({ inode: '123456' }), true, 16],
    ['an inode below zero', line({ inode: '   -2' }), true, 16],
    ['unbound', Object.values({ ...withoutInode, inode }).join(' '), true, 16],
    ['without inodes', Object.values({ ...withoutInode, path }).join(' '), false, 16],
    ['without inodes, unbound', Object.values(withoutInode).join(' '), false, 16],
    ['a short count', line({ refCount: '2' }), true, 0],
    ['a long count', line({ refCount: '000000002' }), true, 0],
    ['a count that is padded with a blank', line({ refCount: ' 0000002' }), true, 0],
    ['short flags', line({ flags: '10000' }), true, 0],
    ['a short type', line({ type: '1' }), true, 0],
    ['a short state', line({ state: '1' }), true, 0],
    ['an inode that is not padded', line({ inode: '42' }), true, 0],
    ['an inode padded too far', line({ inode: ' 12345' }), true, 0],
    ['no inode', Object.values(withoutInode).join(' '), true, 0],
    ['something behind the inode', line({ inode: '12345x' }), true, 0],
    ['two blanks', line({ number: '0000000000000000: ' }), true, 0],
    ['no number', line({ number: ':' }), true, 0],
    ['nothing', '', true, 0],
    ['the beginning of a row', line().slice(0, 40), true, 0],
  ])('%s', (_, text, hasInode, width) => {
    expect(form(text, hasInode)).toBe(width);
  });

  it('needs every one of its bytes before the path', () => {
    const row = line();
    for (let at = 0; at < row.indexOf(' /'); at++) {
      const text = `${row.slice(0, at)}x${row.slice(at + 1)}`;
      expect(form(text), text).toBe(0);
      const bytes = Buffer.from(text);
      expect(parseUnixRow(bytes, 0, bytes.length, true, 16), text).toBeNull();
    }
  });

  it('reads the same out of a row as the scan of any widths does', () => {
    const hex = (digits: number) =>
      fc
        .integer({ min: 0, max: 16 ** digits - 1 })
        .map((value) => value.toString(16).padStart(digits, '0'));
    const fields = fc.record({
      number: hex(8).map((digits) => `${digits}:`),
      refCount: hex(8),
      protocol: hex(8),
      flags: hex(8),
      type: hex(4),
      state: hex(2),
      inode: fc.nat().map((value) => String(value).padStart(5)),
    });
    fc.assert(
      fc.property(fields, (row) => {
        const bytes = Buffer.from(line({ ...exact, ...row }));
        expect(unixRowForm(bytes, 0, bytes.length, true)).toBe(8);
        const strict = parseUnixRow(bytes, 0, bytes.length, true, 8);
        const loose = parseUnixRow(bytes, 0, bytes.length, true);
        expect(loose).not.toBeNull();
        expect(strict).toEqual(loose);
        expect(parseUnixRow(bytes, 0, bytes.length, true, 16)).toBeNull();
      }),
    );
  });
});

describe('states and types', () => {
  it.each([
    ['00', '00000000', 'FREE'],
    ['00', '00010000', 'FREE'],
    ['01', '00000000', 'UNCONNECTED'],
    ['01', '00010000', 'LISTENING'],
    ['01', '00070000', 'LISTENING'],
    ['02', '00000000', 'CONNECTING'],
    ['03', '00000000', 'CONNECTED'],
    ['03', '00010000', 'CONNECTED'],
    ['04', '00000000', 'DISCONNECTING'],
    ['09', '00000000', 'UNKNOWN(9)'],
  ])('state %s with flags %s is %s', (code, flags, state) => {
    expect(parse(line({ state: code, flags }))?.state).toBe(state);
  });

  it.each([
    ['0001', 'STREAM'],
    ['0002', 'DGRAM'],
    ['0003', 'RAW'],
    ['0004', 'RDM'],
    ['0005', 'SEQPACKET'],
    ['0000', 'UNKNOWN(0)'],
    ['000A', 'UNKNOWN(10)'],
  ])('type %s is %s', (code, type) => {
    expect(parse(line({ type: code }))?.type).toBe(type);
  });
});

describe('a line that is no row', () => {
  it.each([
    ['nothing', ''],
    ['part of a path', 'break.socket'],
    ['part of a path that begins like a row', 'cafe: crème'],
    ['too few fields', '0000000000000000: 00000002 00000000'],
    ['no inode', '0000000000000000: 00000002 00000000 00010000 0001 01'],
    ['no digit in a field', line({ refCount: '0000000Z' })],
    ['no digit in the inode', line({ inode: 'x' })],
    ['something behind the inode', line({ inode: '12345x' })],
    ['no colon', line({ number: '0000000000000000' })],
  ])('%s', (_, text) => {
    expect(parse(text)).toBeNull();
  });
});

it.each([
  ['Num       RefCount Protocol Flags    Type St Inode Path', true],
  ['Num       RefCount Protocol Flags    Type St Path', false],
  ['', false],
])('header %j', (header, hasInode) => {
  expect(unixHasInode(header)).toBe(hasInode);
});

describe('anything', () => {
  it('never throws, and breaks no promise of the model', () => {
    const edits = fc.tuple(fc.nat(70), fc.nat(4), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(
        fc.array(edits, { maxLength: 3 }),
        fc.boolean(),
        fc.constantFrom(0, 16),
        (changes, hasInode, form) => {
          let text = line();
          for (const [at, length, insert] of changes) {
            text = text.slice(0, at) + insert + text.slice(at + length);
          }
          const bytes = Buffer.from(text);
          const row = parseUnixRow(bytes, 0, bytes.length, hasInode, form);
          expect(row === null ? [] : socketProblems(row)).toEqual([]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('takes any path as it stands', () => {
    const paths = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => !/\n|\0$|\\x[89a-f]/i.test(text));
    fc.assert(
      fc.property(paths, (path) => {
        const bytes = Buffer.from(path);
        fc.pre(bytes.toString() === path);
        expect(parse(line({ path }))?.path).toBe(path);
      }),
    );
  });
});
