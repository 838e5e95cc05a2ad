import { describe, expect, it } from 'vitest';
import type { UnixSocket } from '../../../../src/model/socket/socket.ts';
import { unixFlagsText, unixHeader, unixRow } from '../../../../src/views/text/netstat/unix.ts';
import { unixSocket } from '../../../support/builders.ts';
import type { Asked } from '../../../support/listing.ts';
import { contextWith } from '../support/render.ts';
import { hostile } from '../support/rows.ts';

function row(changes: Partial<UnixSocket>, asked: Partial<Asked> = {}): string {
  return unixRow(contextWith(asked))(unixSocket(changes));
}

it.each([
  [0, '[ ]'],
  [0x10000, '[ ACC ]'],
  [0x20000, '[ W ]'],
  [0x40000, '[ N ]'],
  [0x70000, '[ ACC W N ]'],
  [0xffffffff, '[ ACC W N ]'],
  [0x1, '[ ]'],
])('flags %d are %s', (flags, text) => {
  expect(unixFlagsText(flags)).toBe(text);
});

describe('a row', () => {
  it.each<[string, Partial<UnixSocket>, string]>([
    [
      'listening',
      {},
      'unix  2      [ ACC ]     STREAM     LISTENING     8123     /run/dbus/system_bus_socket\n',
    ],
    [
      'a datagram socket without a name',
      { type: 'DGRAM', state: 'UNCONNECTED', flags: 0, path: null },
      'unix  2      [ ]         DGRAM                    8123     \n',
    ],
    [
      'every flag',
      { flags: 0x70000, state: 'CONNECTED', path: '/x' },
      'unix  2      [ ACC W N ] STREAM     CONNECTED     8123     /x\n',
    ],
    [
      'wide numbers push on',
      { refCount: 4294967295, inode: 123456789, path: '/x' },
      'unix  4294967295 [ ACC ]     STREAM     LISTENING     123456789 /x\n',
    ],
    [
      'what has no name',
      { type: 'UNKNOWN(9)', state: 'UNKNOWN(8)', path: '/x' },
      'unix  2      [ ACC ]     UNKNOWN    UNKNOWN       8123     /x\n',
    ],
    [
      'users that are not reported',
      { refCount: null, path: '/x' },
      'unix  -      [ ACC ]     STREAM     LISTENING     8123     /x\n',
    ],
    [
      'no inode',
      { inode: null, path: '/x' },
      'unix  2      [ ACC ]     STREAM     LISTENING     0        /x\n',
    ],
    [
      'a name up to its first NUL byte',
      { path: '@name\0of\0parts' },
      'unix  2      [ ACC ]     STREAM     LISTENING     8123     @name\n',
    ],
    [
      'a path with blanks, whole',
      { path: '/a b  c ' },
      'unix  2      [ ACC ]     STREAM     LISTENING     8123     /a b  c \n',
    ],
  ])('%s', (_, changes, text) => {
    expect(row(changes)).toBe(text);
  });

  it('has its owner in front of the path', () => {
    expect(row({ path: '/x' }, { programs: true })).toBe(
      'unix  2      [ ACC ]     STREAM     LISTENING     8123     -                    /x\n',
    );
  });

  it('is one line, whatever its path', () => {
    expect(row({ path: hostile }).match(/\n/g)).toHaveLength(1);
  });
});

it('has a column for programs where they are wanted', () => {
  expect(unixHeader(contextWith({ which: 'connected' }))).toBe(
    'Active UNIX domain sockets (w/o servers)\n' +
      'Proto RefCnt Flags       Type       State         I-Node   Path\n',
  );
  expect(unixHeader(contextWith({ programs: true }))).toContain(
    'State         I-Node   PID/Program name     Path\n',
  );
});
