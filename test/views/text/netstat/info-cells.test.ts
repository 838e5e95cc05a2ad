import { describe, expect, it } from 'vitest';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { inetHeader, inetRow } from '../../../../src/views/text/netstat/inet.ts';
import { infoCells } from '../../../../src/views/text/netstat/info-cells.ts';
import { inetSocket, tcpInfo } from '../../../support/builders.ts';
import { contextWith } from '../support/render.ts';

const cells = (asked: Parameters<typeof infoCells>[0], socket: Partial<InetSocket>) =>
  infoCells(asked)?.of(inetSocket(socket));

describe('what --tcp-info shows behind the other columns', () => {
  it.each([
    ['numbers in columns', {}, '     36.125       5    10      2896000          512'],
    [
      'all digits',
      { bytesSent: 9007199254740995n },
      '     36.125       5    10 9007199254740995          512',
    ],
    [
      'what is not reported as -',
      { rtt: null, cwnd: null },
      '          -       5     -      2896000          512',
    ],
  ])('%s', (_, changes, expected) => {
    expect(cells({ tcpInfo: true }, { tcpInfo: tcpInfo(changes) })).toBe(expected);
  });

  it('a socket that has none of it', () => {
    expect(cells({ tcpInfo: true }, { tcpInfo: null })).toBe(
      '          -       -     -            -            -',
    );
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

  it('with -c also rates', () => {
    const rates = { sent: 481_809, received: null };
    expect(cells({ rates: true }, { rates })).toBe('      481809           -');
    expect(cells({ rates: true }, { rates: null })).toBe('           -           -');
  });
});

describe('what --socket-info shows behind them', () => {
  const memory = {
    ...{ receive: 2304, receiveLimit: 4096, send: 0, sendLimit: 16384 },
    ...{ forward: 1792, queued: 0, options: 0, backlog: 0 },
  };
  it.each<[string, Partial<InetSocket>, string]>([
    [
      'a listener',
      { acceptQueue: { length: 2, limit: 128 }, drops: 0, memory },
      '        2    128       0      2304         0',
    ],
    [
      'what is not reported as -',
      { acceptQueue: { length: 2, limit: null }, drops: null, memory: null },
      '        2      -       -         -         -',
    ],
  ])('%s', (_, socket, expected) => {
    expect(cells({ socketInfo: true }, socket)).toBe(expected);
  });

  it('stands after what --tcp-info shows, under its names', () => {
    const context = contextWith({ tcpInfo: true, socketInfo: true, interval: 1000 });
    const [, names = ''] = inetHeader(context).split('\n');
    expect(names).toMatch(/Received\(B\) +Sent\(B\/s\) +Recv\(B\/s\) +Accept-Q +Limit/);
    const line = inetRow(context)(inetSocket({ tcpInfo: tcpInfo() }));
    expect(line.trimEnd()).toHaveLength(names.length);
  });
});
