import { describe, expect, it } from 'vitest';
import { inetHeader, inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { tcpInfoCells } from '../../../../src/views/text/netstat/tcp-info-cells.ts';
import { inetSocket, tcpInfo } from '../../../support/builders.ts';
import { contextWith } from '../support/render.ts';

describe('what --tcp-info shows behind the other columns', () => {
  it.each([
    ['numbers in columns', {}, '     36.125       5    10      2896000          512'],
    [
      'all digits',
      { bytesSent: 9007199254740995n },
      '     36.125       5    10 9007199254740995          512',
    ],
    [
      'what is not told as -',
      { rtt: null, cwnd: null },
      '          -       5     -      2896000          512',
    ],
  ])('%s', (_, changes, cells) => {
    expect(tcpInfoCells(tcpInfo(changes))).toBe(cells);
  });

  it('a socket that has none of it', () => {
    expect(tcpInfoCells(null)).toBe('          -       -     -            -            -');
  });

  it.each([[{}], [{ timers: true }], [{ extend: 1, programs: true, timers: true }]])(
    'stands under its names, one line a socket: %j',
    (flags) => {
      const context = contextWith({ ...flags, tcpInfo: true });
      const [, names = ''] = inetHeader(context).split('\n');
      const line = inetRow(context)(inetSocket({ tcpInfo: tcpInfo() }));
      expect(line.split('\n')).toHaveLength(2);
      expect(line.trimEnd()).toHaveLength(names.length);
      expect(line).toContain(' 36.125 ');
    },
  );
});
