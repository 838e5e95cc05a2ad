import { describe, expect, it } from 'vitest';
import { nameResolver, type ResolveOptions, type Wanted } from '../../src/resolve/index.ts';
import { because } from '../support/requirements.ts';
import { fakeDns, itAsking, withoutLoopback } from './fake-dns.ts';
import { machineWith } from './naming-files.ts';

const files = {
  '/etc/hosts': '127.0.0.1 localhost\n192.0.2.1 in-file.example\n',
  '/etc/services': 'ssh 22/tcp\n',
  '/etc/networks': 'loopback 127.0.0.0\n',
  '/etc/passwd': 'root:x:0:0::/:\n',
};
const timeoutMs = 20_000;

const resolveNames = (wanted: Wanted, options: ResolveOptions) =>
  nameResolver(options).names(wanted);

describe(`names${because(withoutLoopback)}`, () => {
  itAsking('names everything that is wanted, the file before DNS', async () => {
    await using dns = await fakeDns((question) =>
      question === '2.2.0.192.in-addr.arpa' ? ['in-dns.example'] : 'nxdomain',
    );
    const { host } = machineWith(files, { resolver: dns.resolver });
    const names = await resolveNames(
      {
        addresses: ['127.0.0.1', '192.0.2.1', '192.0.2.2', '192.0.2.3', '0.0.0.0', '::'],
        uids: [0, 7],
        services: true,
        networks: true,
      },
      { timeoutMs, host },
    );
    expect(names.host('127.0.0.1')).toBe('localhost');
    expect(names.host('192.0.2.1')).toBe('in-file.example');
    expect(names.host('192.0.2.2')).toBe('in-dns.example');
    expect(names.host('192.0.2.3')).toBeUndefined();
    expect(names.host('0.0.0.0')).toBeUndefined();
    expect(names.service(22, 'tcp')).toBe('ssh');
    expect(names.network('127.0.0.0')).toBe('loopback');
    expect(names.user(0)).toBe('root');
    expect(names.user(7)).toBeUndefined();
    expect([...dns.asked].sort()).toEqual(['2.2.0.192.in-addr.arpa', '3.2.0.192.in-addr.arpa']);
  });

  itAsking(
    'shows an IPv4-mapped address as net-tools does: by DNS, not by an IPv4 line of the file',
    async () => {
      await using dns = await fakeDns(() => ['in-dns.example']);
      const { host } = machineWith(files, { resolver: dns.resolver });
      const names = await resolveNames({ addresses: ['::ffff:192.0.2.1'] }, { timeoutMs, host });
      expect(names.host('::ffff:192.0.2.1')).toBe('in-dns.example');
      expect(names.host('192.0.2.1')).toBeUndefined();
    },
  );

  it.each([
    ['nothing is wanted', {}],
    ['there are no rows', { addresses: [], uids: [], services: true, networks: true }],
    ['addresses mean any', { addresses: ['0.0.0.0', '::'] }],
  ])('reads nothing and asks nothing if %s', async (_, wanted) => {
    const { host, seen } = machineWith(files);
    await resolveNames(wanted, { timeoutMs, host });
    expect(seen).toEqual([]);
  });

  it('has no names for users of other machines, and refuses to look for them', async () => {
    const { host, seen } = machineWith(files);
    const resolver = nameResolver({ timeoutMs, host: { ...host, usersElsewhere: true } });
    expect((await resolver.names({ uids: [0] })).user(0)).toBeUndefined();
    expect(() => resolver.userId('root')).toThrow(
      'root: users of other machines (--on) are known only by their numbers',
    );
    expect(seen).toEqual([]);
  });

  it('returns no name of a kind that is not wanted', async () => {
    const { host, seen } = machineWith(files);
    const names = await resolveNames({}, { timeoutMs, host });
    expect(names.service(22, 'tcp')).toBeUndefined();
    expect(names.network('127.0.0.0')).toBeUndefined();
    expect(names.host('127.0.0.1')).toBeUndefined();
    expect(names.user(0)).toBeUndefined();
    expect(seen).toEqual([]);
  });

  it('returns no name that is known from before but not wanted now', async () => {
    const { host } = machineWith({ ...files, '/etc/nsswitch.conf': 'hosts: files' });
    const resolver = nameResolver({ timeoutMs, host });
    const before = await resolver.names({ addresses: ['127.0.0.1'], uids: [0] });
    expect([before.host('127.0.0.1'), before.user(0)]).toEqual(['localhost', 'root']);
    const now = await resolver.names({});
    expect([now.host('127.0.0.1'), now.user(0)]).toEqual([undefined, undefined]);
  });

  itAsking.each([
    ['files only', 'hosts: files', 'in-file.example', undefined],
    ['DNS only', 'hosts: dns', 'in-dns.example', 'in-dns.example'],
    ['DNS first', 'hosts: dns files', 'in-dns.example', 'in-dns.example'],
    ['files first', 'hosts: files dns', 'in-file.example', 'in-dns.example'],
    ['systemd-resolved', 'hosts: files resolve', 'in-file.example', 'in-dns.example'],
    ['neither', 'hosts: myhostname', undefined, undefined],
  ])('does as nsswitch.conf says: %s', async (_, line, known, unknown) => {
    await using dns = await fakeDns(() => ['in-dns.example']);
    const { host } = machineWith(
      { ...files, '/etc/nsswitch.conf': `${line}\n` },
      { resolver: dns.resolver },
    );
    const names = await resolveNames(
      { addresses: ['192.0.2.1', '192.0.2.9'] },
      { timeoutMs, host },
    );
    expect([names.host('192.0.2.1'), names.host('192.0.2.9')]).toEqual([known, unknown]);
    expect(dns.asked.length > 0).toBe(line.includes('dns') || line.includes('resolve'));
  });

  it('falls back on the file where DNS comes first and knows nothing', async () => {
    const { host, seen } = machineWith({ ...files, '/etc/nsswitch.conf': 'hosts: dns files' });
    const names = await resolveNames({ addresses: ['192.0.2.1'] }, { timeoutMs, host });
    expect(names.host('192.0.2.1')).toBe('in-file.example');
    expect(seen).toContain('dns');
  });

  itAsking('shows numbers for all that a silent server leaves unanswered', async () => {
    await using dns = await fakeDns(() => 'silence');
    const { host } = machineWith(files, { resolver: dns.resolver });
    const addresses = Array.from({ length: 300 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    const names = await resolveNames(
      { addresses: [...addresses, '127.0.0.1'] },
      { timeoutMs: 300, host },
    );
    expect(addresses.filter((address) => names.host(address) !== undefined)).toEqual([]);
    expect(names.host('127.0.0.1')).toBe('localhost');
    expect(dns.cancelled()).toBe(1);
  });

  it('reads Windows’ hosts file', async () => {
    const { host } = machineWith(
      { 'C:\\Windows\\System32\\drivers\\etc\\hosts': '\ufeff192.0.2.1  win.example\r\n' },
      { platform: 'win32' },
    );
    const names = await resolveNames({ addresses: ['192.0.2.1'] }, { timeoutMs, host });
    expect(names.host('192.0.2.1')).toBe('win.example');
  });
});

describe(`nameResolver${because(withoutLoopback)}`, () => {
  itAsking('asks about nothing twice, named or not', async () => {
    await using dns = await fakeDns((question) =>
      question.startsWith('1.') ? ['one.example'] : 'nxdomain',
    );
    const { host, seen } = machineWith({}, { resolver: dns.resolver });
    const resolver = nameResolver({ timeoutMs, host });
    await resolver.names({ addresses: ['198.51.100.1', '198.51.100.2'], uids: [77] });
    const names = await resolver.names({
      addresses: ['198.51.100.1', '198.51.100.2', '198.51.100.3'],
      uids: [77, 78],
    });
    expect(names.host('198.51.100.1')).toBe('one.example');
    expect([...dns.asked].sort()).toEqual([
      '1.100.51.198.in-addr.arpa',
      '2.100.51.198.in-addr.arpa',
      '3.100.51.198.in-addr.arpa',
    ]);
    expect(seen.filter((each) => each.startsWith('getent'))).toEqual([
      'getent passwd 77',
      'getent passwd 78',
    ]);
  });

  it('looks up after a minute what got no answer in time, and nothing else', async () => {
    const asked: string[] = [];
    let isDown = true;
    let now = 0;
    const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
    const resolvePtr = async (question: string) => {
      asked.push(question.slice(0, 1));
      if (question.startsWith('1.')) return failing('ENOTFOUND');
      return isDown ? failing('ETIMEOUT') : ['two.example'];
    };
    const { host } = machineWith({}, { resolver: async () => ({ resolvePtr, cancel() {} }) });
    const givenUp: [number, string][] = [];
    const options = {
      timeoutMs,
      host,
      onGivenUp: (...told: [number, string]) => givenUp.push(told),
    };
    const resolver = nameResolver(options, 9, () => now);
    const nameAt = async (at: number) => {
      now = at;
      const { host: nameOf } = await resolver.names({ addresses: ['192.0.2.1', '192.0.2.2'] });
      return nameOf('192.0.2.2');
    };
    expect([await nameAt(0), await nameAt(59_999)]).toEqual([undefined, undefined]);
    expect(asked).toEqual(['1', '2']);
    expect(await nameAt(60_000)).toBeUndefined();
    isDown = false;
    expect([await nameAt(119_999), await nameAt(120_000)]).toEqual([undefined, 'two.example']);
    expect(await nameAt(1e9)).toBe('two.example');
    expect(asked).toEqual(['1', '2', '2', '2']);
    expect(givenUp).toEqual([
      [1, 'addresses'],
      [1, 'addresses'],
    ]);
  });

  it('forgets addresses beyond a limit, but neither those wanted now nor names given before', async () => {
    const asked: string[] = [];
    const resolvePtr = async (question: string) => {
      const address = question.split('.').slice(0, 4).reverse().join('.');
      asked.push(address);
      return [`${address}.example`];
    };
    const { host } = machineWith({}, { resolver: async () => ({ resolvePtr, cancel() {} }) });
    const resolver = nameResolver({ timeoutMs, host }, 3);
    const [a, b, c, d] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'] as const;
    const before = await resolver.names({ addresses: [a, b] });
    const now = await resolver.names({ addresses: new Set([b, c, d]) });
    expect(asked).toEqual([a, b, c, d]);
    expect([b, c, d].map(now.host)).toEqual([b, c, d].map((one) => `${one}.example`));
    expect(now.host(a)).toBeUndefined();
    expect(before.host(a)).toBe(`${a}.example`);
    await resolver.names({ addresses: [b, c, d] });
    expect(asked).toHaveLength(4);
    expect((await resolver.names({ addresses: [a] })).host(a)).toBe(`${a}.example`);
    expect(asked).toEqual([a, b, c, d, a]);
  });

  it('keeps as many addresses as its limit, wanted now or not', async () => {
    const asked: string[] = [];
    const resolvePtr = async (question: string) => {
      asked.push(question.slice(0, 1));
      return ['some.example'];
    };
    const { host } = machineWith({}, { resolver: async () => ({ resolvePtr, cancel() {} }) });
    const resolver = nameResolver({ timeoutMs, host }, 3);
    const [a, b, c] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'] as const;
    for (const addresses of [[a], [b], [a, b], [c], [a, b, c], [a]]) {
      const names = await resolver.names({ addresses });
      expect(addresses.map(names.host)).toEqual(addresses.map(() => 'some.example'));
    }
    expect(asked).toEqual(['1', '2', '3']);
  });

  it('turns names into numbers for filters', async () => {
    const resolver = nameResolver({ timeoutMs, host: machineWith(files).host });
    expect(resolver.serviceNumber('ssh', 'tcp')).toBe(22);
    expect(resolver.userId('root')).toBe(0);
  });
});
