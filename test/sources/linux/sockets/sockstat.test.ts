import { describe, expect, it } from 'vitest';
import { socketCount, tcpCounts } from '../../../../src/sources/linux/sockets/sockstat.ts';
import { fakeProc } from '../support/fake-proc.ts';

const sockstat = `sockets: used 164
TCP: inuse 12 orphan 1 tw 34 alloc 14 mem 2
UDP: inuse 3 mem 1
`;

describe('tcpCounts', () => {
  it.each([
    [
      'IPv4',
      'inet',
      { 'net/sockstat': sockstat },
      { path: 'net/sockstat', inUse: 12, timeWait: 34 },
    ],
    [
      'IPv6',
      'inet6',
      { 'net/sockstat6': 'TCP6: inuse 5\n' },
      { path: 'net/sockstat6', inUse: 5, timeWait: 0 },
    ],
    [
      'a kernel that reports less',
      'inet',
      { 'net/sockstat': 'TCP: inuse 7\n' },
      { path: 'net/sockstat', inUse: 7, timeWait: 0 },
    ],
    ['no such file', 'inet6', {}, null],
    ['another form', 'inet', { 'net/sockstat': 'TCP inuse many\n' }, null],
  ] as const)('%s', (_, family, files, counts) => {
    expect(tcpCounts(fakeProc({ files, isKernels: true }), family)).toEqual(counts);
  });

  it('is not asked of what Linux does not fill: it need not count the same sockets', () => {
    expect(tcpCounts(fakeProc({ files: { 'net/sockstat': sockstat } }), 'inet')).toBeNull();
  });
});

describe('socketCount', () => {
  it.each([
    [sockstat, 164],
    ['TCP: inuse 7\n', null],
    ['sockets: used many\n', null],
    ['sockets: used 99999999999\n', null],
  ])('%j', (text, count) => {
    expect(socketCount(fakeProc({ files: { 'net/sockstat': text } }))).toBe(count);
  });

  it('is not known where there is no such file', () => {
    expect(socketCount(fakeProc({}))).toBeNull();
  });
});
