import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { parseInterfaces } from '../../../src/sources/darwin/interfaces.ts';
import { parseRoutes } from '../../../src/sources/darwin/routes.ts';
import { sample } from '../../support/samples.ts';
import { fixture, parseInetSockets, parseUnixSockets } from './helpers.ts';

/** A listing: a fixture of ours, or a real capture and how to find the listing in it. */
interface Listing {
  readonly file: string;
  readonly text: string;
}

const made = (file: string): Listing => ({ file, text: fixture('other-flags', file) });

/** The real capture, with what is said of it; none where it is not at hand. */
function real<T extends object>(file: string, facts: T, within = /[\s\S]*/): (Listing & T)[] {
  const text = within.exec(sample(file) ?? '')?.[0] ?? '';
  return text === '' ? [] : [{ file, text, ...facts }];
}

const codes = (warnings: readonly { code: string }[]) => warnings.map(({ code }) => code);
const count = (lines: string, pattern: RegExp) =>
  lines.split('\n').filter((line) => pattern.test(line)).length;

describe('what netstat prints with other flags than ours', () => {
  it.each([
    { ...made('An.txt'), sockets: 50, cut: 27 },
    { ...made('Abn.txt'), sockets: 50, cut: 27 },
    ...real('macos/10.14.6/netstat-An.out', { sockets: 137, cut: 47 }),
    ...real('macos/10.14.6/netstat-Abn.out', { sockets: 137, cut: 47 }),
  ])('$file: every socket is read, the cut ones are flagged', ({ file, text, sockets, cut }) => {
    const { rows, warnings } = parseInetSockets(text, file);
    expect(count(text, /^[0-9a-f]{16} +[0-9a-f]+ (tcp|udp)/)).toBe(sockets);
    expect(rows).toHaveLength(sockets);
    expect(rows.filter(({ local, remote }) => local.cut || remote.cut)).toHaveLength(cut);
    expect(codes(warnings)).toEqual(['cut']);
    // Every IPv6 address that is not short was cut at 16 characters.
    const six = rows
      .filter(({ family }) => family === 'inet6')
      .flatMap(({ local, remote }) => [local, remote]);
    expect(six.every(({ address, cut: isCut }) => isCut || address.length < 16)).toBe(true);
  });

  it.each([made('names.txt'), ...real('macos/10.14.6/netstat.out', {})])(
    '$file: rows with names where numbers should be (no -n) are left out, all accounted for',
    ({ file, text }) => {
      const { rows, warnings } = parseInetSockets(text, file);
      expect(codes(warnings)).toEqual(['malformed', 'cut']);
      const left = Number(/: (\d+) lines/.exec(warnings[0]?.message ?? '')?.[1]);
      expect(rows.length + left).toBe(count(text, /^(tcp|udp)/));
    },
  );

  it.each([made('10.11-an.txt'), ...real('macos/perl-Parse-Netstat/netstat-an-darwin', {})])(
    '$file: every section of El Capitan is read',
    ({ file, text }) => {
      const inet = parseInetSockets(text, file);
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
      const unix = parseUnixSockets(text, file);
      expect(unix.warnings).toEqual([]);
      expect(unix.rows.map(({ state }) => state)).toEqual([
        'CONNECTED',
        'CONNECTED',
        'CONNECTED',
        'LISTENING',
      ]);
    },
  );

  it.each([
    ...[made('An.txt'), made('Abn.txt'), made('names.txt')],
    ...real('macos/10.14.6/netstat-An.out', {}),
    ...real('macos/10.14.6/netstat-Abn.out', {}),
    ...real('macos/10.14.6/netstat.out', {}),
  ])('$file: every UNIX socket is read', ({ file, text }) => {
    const { rows, warnings } = parseUnixSockets(text, file);
    expect(warnings).toEqual([]);
    expect(rows.length).toBeGreaterThan(20);
    expect(rows).toHaveLength(count(text, /^[0-9a-f]{16} (stream|dgram)/));
  });

  it.each([
    { ...made('10.10-anv.txt'), pids: [522, 37843, 41517, 62044, 62044] },
    ...real(
      'windows/zh-CN-and-macos-find-process-netstat.md',
      { pids: [422, 36843, 40517, 61044, 61044] },
      /(?<=\$ netstat -anv\n)[\s\S]*?(?=```)/,
    ),
  ])('$file: the process IDs of OS X 10.10 are read', ({ file, text, pids }) => {
    const { rows, warnings } = parseInetSockets(text, file);
    expect(warnings).toEqual([]);
    expect(rows.map(({ owners }) => owners?.[0]?.pid)).toEqual(pids);
  });

  it.each([
    { ...made('rnl.txt'), routes: 36, gateways: 6 },
    ...real('macos/10.14.6/netstat-rnl.out', { routes: 89, gateways: 6 }),
  ])('$file: every route is read', ({ file, text, routes, gateways }) => {
    const { rows, warnings } = parseRoutes(text, file);
    expect(warnings).toEqual([]);
    expect(rows).toHaveLength(routes);
    expect(rows.filter(({ gateway }) => gateway !== null)).toHaveLength(gateways);
  });

  it.each([made('r.txt'), ...real('macos/10.14.6/netstat-r.out', {})])(
    '$file: routes with names are reported as left out',
    ({ file, text }) => {
      expect(codes(parseRoutes(text, file).warnings)).toEqual(['malformed']);
    },
  );

  it.each([
    {
      ...made('i.txt'),
      en0: { packets: [51927364n, 60318872n], errors: [0n, 275n] },
    },
    ...real('macos/10.14.6/netstat-i.out', {
      en0: { packets: [23300545n, 26448755n], errors: [0n, 464n] },
    }),
  ])('$file: every interface is read, the cut names are flagged', ({ file, text, en0 }) => {
    const { rows, warnings } = parseInterfaces(text, file);
    expect(rows).toHaveLength(count(text, /<Link#/));
    expect(codes(warnings)).toEqual(['malformed', 'cut', 'cut']);
    const { packets, errors } = en0;
    expect(rows.find(({ name }) => name === 'en0')).toMatchObject({
      index: 10,
      mtu: 1500,
      received: { packets: packets[0], errors: errors[0], bytes: null },
      sent: { packets: packets[1], errors: errors[1], bytes: null },
    });
  });
});

describe('what FreeBSD prints', () => {
  const folder = new URL('../../../fixtures/freebsd/', import.meta.url);
  const ours = ['9.2-an', '10.1-an', '12-an', '12-Aa', '12-AanP', '12-aT'].map((name) => ({
    file: `${name}.txt`,
    text: readFileSync(new URL(`${name}.txt`, folder), 'utf8'),
  }));
  it.each([
    ...ours,
    ...['netstat-an-freebsd-9.2', 'netstat-an-freebsd-10.1'].flatMap((name) =>
      real(`freebsd/${name}`, {}),
    ),
    ...['an', 'Aa', 'AanP', 'aT'].flatMap((flags) => real(`freebsd/12/netstat-${flags}.out`, {})),
  ])('$file is none of ours', ({ file, text }) => {
    const parse = () => parseInetSockets(text, file);
    expect(parse).toThrow(NetstatError);
    expect(parse).toThrow(/unknown table format.*(Proto|Tcpcb)/);
  });
});
