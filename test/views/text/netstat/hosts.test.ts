import { describe, expect, it } from 'vitest';
import { allNumeric as numeric } from '../../../../src/model/request/view.ts';
import { csv } from '../../../../src/views/text/csv.ts';
import { table } from '../../../../src/views/text/table.ts';
import {
  counter,
  group,
  inet,
  inetSocket,
  netInterface,
  route,
  unix,
} from '../../../support/builders.ts';
import { render } from '../support/render.ts';
import { marks, shown } from './reports.ts';

const asked = { machineNames: ['web1', 'db'], numeric };
const both = { ...asked, protocols: ['tcp', 'unix'] as const };
const ssh = (host: string) => inet('192.0.2.1:22', '0.0.0.0', { host });
const bus = (host: string) => unix('/run/bus', { host });

describe('the column of machines', () => {
  it('stands before all others, as wide as the longest name that was asked', async () => {
    expect(
      await shown('sockets', [ssh('web1'), ssh('db')], { asked: { ...asked, protocols: ['tcp'] } }),
    ).toBe(`Active Internet connections (servers and established)
Host Proto Recv-Q Send-Q Local Address           Foreign Address         State      
web1 tcp        0      0 192.0.2.1:22            0.0.0.0:*               LISTEN     
db   tcp        0      0 192.0.2.1:22            0.0.0.0:*               LISTEN     
`);
    const wide = { machineNames: ['root@web.example.org'], numeric, protocols: ['tcp'] as const };
    const text = await shown('sockets', [ssh('db')], { asked: wide });
    expect(text).toMatch(/^Host {17}Proto/m);
    expect(text).toMatch(/^db {19}tcp/m);
  });

  it('begins both sections anew for each machine', async () => {
    const rows = [ssh('web1'), bus('web1'), ssh('db'), bus('db')];
    const text = await shown('sockets', rows, { asked: both });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(lines).toEqual([
      ...['Active Internet', 'Host Proto', 'web1 tcp', 'Active UNIX', 'Host Proto', 'web1 unix'],
      ...['Active Internet', 'Host Proto', 'db ', 'Active UNIX', 'Host Proto', 'db '],
    ]);
  });

  it.each([
    ['without UNIX sockets on the first', [ssh('web1'), ssh('db'), bus('db')], 'IIDUD'],
    ['without Internet sockets on the second', [ssh('web1'), bus('web1'), bus('db')], 'IIUUD'],
    ['sorted together', [ssh('web1'), bus('web1'), ssh('db')], 'IIUUD', ['host']],
    ['nothing at all', [], 'IU'],
  ])(
    'has no section twice in a row: %s',
    async (_, rows, sections, sort: readonly string[] = []) => {
      const text = await shown('sockets', rows, { asked: { ...both, sort, header: true } });
      const marks = text
        .split('\n')
        .flatMap((line) =>
          line.startsWith('Active I')
            ? 'I'
            : line.startsWith('Active U')
              ? 'U'
              : /^web1/.test(line)
                ? []
                : /^db/.test(line)
                  ? 'D'
                  : [],
        )
        .join('');
      expect(marks).toBe(sections.replace(/^II/, 'I').replace('UU', 'U'));
    },
  );

  it('stands on every line of a socket that has several', async () => {
    const sctp = inetSocket({ protocol: 'sctp', host: 'db', localAlternates: ['192.0.2.2'] });
    const text = await shown('sockets', [sctp], { asked: { ...asked, protocols: ['sctp'] } });
    expect(
      text
        .trimEnd()
        .split('\n')
        .slice(2)
        .every((line) => line.startsWith('db   ')),
    ).toBe(true);
    expect(text.trimEnd().split('\n')).toHaveLength(4);
  });

  it('is painted as all names of columns are, and is not there with -H', async () => {
    const text = await shown('sockets', [], {
      asked: { ...asked, protocols: ['tcp'] },
      paint: marks,
    });
    expect(text).toContain('<h>Host Proto');
    const bare = { ...asked, protocols: ['tcp'] as const, header: false };
    expect(await shown('sockets', [ssh('db')], { asked: bare })).toMatch(/^db {3}tcp/);
  });

  it('routes have their tables for each machine', async () => {
    const six = (host: string) =>
      route({ family: 'inet6', destination: '2001:db8::', gateway: null, host });
    const rows = [route({ host: 'web1' }), six('web1'), route({ host: 'db' }), six('db')];
    const text = await shown('routes', rows, { asked: { ...asked, families: ['inet', 'inet6'] } });
    expect(text.split('\n').map((line) => line.replace(/ .*/, ''))).toEqual([
      ...['Kernel', 'Host', 'web1', 'Kernel', 'Host', 'web1'],
      ...['Kernel', 'Host', 'db', 'Kernel', 'Host', 'db', ''],
    ]);
    const one = [route({ host: 'web1' }), route({ host: 'db' })];
    const short = await shown('routes', one, { asked: { ...asked, families: ['inet'] } });
    expect(short.match(/Kernel/g)).toHaveLength(1);
  });

  it('groups have dashes under it', async () => {
    const rows = [{ ...group('lo', '224.0.0.1', 1), host: 'web1' }];
    expect(await shown('groups', rows, { asked })).toBe(`IPv6/IPv4 Group Memberships
Host Interface       RefCnt Group
---- --------------- ------ ---------------------
web1 lo              1      224.0.0.1
`);
  });

  it('interfaces are sorted by their names on each machine', async () => {
    const rows = [
      ...[netInterface('lo', { host: 'web1' }), netInterface('eth0', { host: 'web1' })],
      ...[netInterface('lo', { host: 'db' }), netInterface('eth0', { host: 'db' })],
    ];
    const short = await shown('interfaces', rows, { asked: { ...asked, which: 'all' } });
    const names = short
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(/ +/).slice(0, 2).join(' '));
    expect(names).toEqual(['Host Iface', 'web1 eth0', 'web1 lo', 'db eth0', 'db lo']);
    const long = await shown('interfaces', rows, { asked: { ...asked, which: 'all', extend: 1 } });
    expect(long).toMatch(/^eth0: .* {2}host web1$/m);
  });

  it('counters are headed by their machine', async () => {
    const rows = [
      counter('Tcp', 'InSegs', 1n, { host: 'web1' }),
      counter('Ip', 'InReceives', 2n, { host: 'db' }),
      counter('Tcp', 'InSegs', 3n, { host: 'db' }),
    ];
    const text = await shown('statistics', rows, { asked });
    expect(text.match(/^\S+: .*$/gm)).toEqual([
      'Tcp: TCP over IPv4 and IPv6, host web1',
      'Ip: IPv4 packets, host db',
      'Tcp: TCP over IPv4 and IPv6, host db',
    ]);
  });
});

describe('other formats', () => {
  const row = [ssh('web1')];

  it('a table has it first', async () => {
    const text = await render(table, 'sockets', row, { asked: { ...asked, protocols: ['tcp'] } });
    expect(text).toMatch(/│ Host │ Proto │/);
    expect(text).toMatch(/│ web1 │ tcp {3}│/);
    expect(await render(table, 'sockets', row, { asked: { numeric } })).not.toContain('Host');
  });

  it('CSV has it where other machines were asked, and only there', async () => {
    const head = async (one: object) =>
      (await render(csv, 'sockets', row, { asked: one })).split('\r\n');
    expect((await head(asked))[0]?.endsWith(',path,host,taken')).toBe(true);
    expect((await head(asked))[1]).toContain(',web1,');
    expect((await head({ numeric }))[0]?.split(',')).not.toContain('host');
  });
});
