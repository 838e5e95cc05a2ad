import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { parseInetSockets } from '../../../src/sources/darwin/inet-sockets.ts';
import { parseInterfaces } from '../../../src/sources/darwin/interfaces.ts';
import { parseRoutes } from '../../../src/sources/darwin/routes.ts';
import { parseUnixSockets } from '../../../src/sources/darwin/unix-sockets.ts';
import { sample } from './helpers.ts';

/** Real captures; where they are not at hand, the tests are skipped. */
function text(file: string): string {
  return sample(file) ?? '';
}
const codes = (warnings: readonly { code: string }[]) => warnings.map(({ code }) => code);
const count = (lines: string, pattern: RegExp) =>
  lines.split('\n').filter((l) => pattern.test(l)).length;

describe.skipIf(sample('INDEX.md') === null)(
  'real captures (where the samples are at hand)',
  () => {
    it.each([
      ['macos/10.14.6/netstat-An.out', 137, 47],
      ['macos/10.14.6/netstat-Abn.out', 137, 47],
    ])('%s: every socket, the cut ones flagged', (file, sockets, cut) => {
      const { rows, warnings } = parseInetSockets(text(file), file);
      expect(count(text(file), /^[0-9a-f]{16} +[0-9a-f]+ (tcp|udp)/)).toBe(sockets);
      expect(rows).toHaveLength(sockets);
      expect(rows.filter(({ local, remote }) => local.cut || remote.cut)).toHaveLength(cut);
      expect(codes(warnings)).toEqual(['cut']);
      // Every IPv6 address that is not short was cut at 16 characters.
      const six = rows
        .filter(({ family }) => family === 'inet6')
        .flatMap((r) => [r.local, r.remote]);
      expect(six.every(({ address, cut }) => cut || address.length < 16)).toBe(true);
    });

    it('names where numbers should be (no -n) are left out, all accounted for', () => {
      const file = 'macos/10.14.6/netstat.out';
      const { rows, warnings } = parseInetSockets(text(file), file);
      expect(codes(warnings)).toEqual(['malformed', 'cut']);
      const left = Number(/: (\d+) lines/.exec(warnings[0]?.message ?? '')?.[1]);
      expect(rows.length + left).toBe(count(text(file), /^(tcp|udp)/));
    });

    it('every section of El Capitan', () => {
      const file = 'macos/perl-Parse-Netstat/netstat-an-darwin';
      const inet = parseInetSockets(text(file), file);
      expect(inet.warnings).toEqual([]);
      expect(
        inet.rows.map(({ protocol, family, dualStack }) => [protocol, family, dualStack]),
      ).toEqual([
        ['tcp', 'inet', undefined],
        ['tcp', 'inet6', true],
        ['tcp', 'inet6', undefined],
        ['udp', 'inet', undefined],
        ['udp', 'inet6', undefined],
        ['udp', 'inet6', true],
      ]);
      const unix = parseUnixSockets(text(file), file);
      expect(unix.warnings).toEqual([]);
      expect(unix.rows.map(({ state }) => state)).toEqual([
        'CONNECTED',
        'CONNECTED',
        'CONNECTED',
        'LISTENING',
      ]);
    });

    it.each([
      'macos/10.14.6/netstat-An.out',
      'macos/10.14.6/netstat-Abn.out',
      'macos/10.14.6/netstat.out',
    ])('%s: every UNIX socket', (file) => {
      const { rows, warnings } = parseUnixSockets(text(file), file);
      expect(warnings).toEqual([]);
      expect(rows).toHaveLength(count(text(file), /^[0-9a-f]{16} (stream|dgram)/));
    });

    it('process IDs of OS X 10.10', () => {
      const file = 'windows/zh-CN-and-macos-find-process-netstat.md';
      const capture = /\$ netstat -anv\n([\s\S]*?)```/.exec(text(file))?.[1] ?? '';
      const { rows, warnings } = parseInetSockets(capture, file);
      expect(warnings).toEqual([]);
      expect(rows.map(({ owners }) => owners?.[0]?.pid)).toEqual([422, 36843, 40517, 61044, 61044]);
    });

    it('routes', () => {
      const file = 'macos/10.14.6/netstat-rnl.out';
      const { rows, warnings } = parseRoutes(text(file), file);
      expect(warnings).toEqual([]);
      expect(rows).toHaveLength(89);
      expect(rows.filter(({ gateway }) => gateway !== null)).toHaveLength(6);
      const named = parseRoutes(text('macos/10.14.6/netstat-r.out'), 'netstat -r');
      expect(codes(named.warnings)).toEqual(['malformed']);
    });

    it('interfaces', () => {
      const file = 'macos/10.14.6/netstat-i.out';
      const { rows, warnings } = parseInterfaces(text(file), file);
      expect(rows).toHaveLength(count(text(file), /<Link#/));
      expect(codes(warnings)).toEqual(['malformed', 'cut', 'cut']);
      expect(rows.find(({ name }) => name === 'en0')).toMatchObject({
        index: 10,
        mtu: 1500,
        received: { packets: 23300545n, errors: 0n, bytes: null },
        sent: { packets: 26448755n, errors: 464n, bytes: null },
      });
    });

    it.each([
      'freebsd/netstat-an-freebsd-9.2',
      'freebsd/netstat-an-freebsd-10.1',
      'freebsd/12/netstat-an.out',
      'freebsd/12/netstat-Aa.out',
      'freebsd/12/netstat-AanP.out',
      'freebsd/12/netstat-aT.out',
    ])('%s is none of ours', (file) => {
      const parse = () => parseInetSockets(text(file), file);
      expect(parse).toThrow(NetstatError);
      expect(parse).toThrow(/no form that this version knows.*(Proto|Tcpcb)/);
    });
  },
);
