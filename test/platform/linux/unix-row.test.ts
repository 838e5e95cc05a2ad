import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UnixSocket } from '../../../src/model/socket.js';
import { parseUnixRow, unixHasInode } from '../../../src/platform/linux/unix-row.js';
import { socketProblems } from '../../contract/problems.js';

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
      fc.property(fc.array(edits, { maxLength: 3 }), fc.boolean(), (changes, hasInode) => {
        let text = line();
        for (const [at, length, insert] of changes) {
          text = text.slice(0, at) + insert + text.slice(at + length);
        }
        const row = parse(text, hasInode);
        expect(row === null ? [] : socketProblems(row)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes any path as it stands', () => {
    const paths = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/\n/.test(text));
    fc.assert(
      fc.property(paths, (path) => {
        const bytes = Buffer.from(path);
        fc.pre(bytes.toString() === path);
        expect(parse(line({ path }))?.path).toBe(path);
      }),
    );
  });
});
