import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProtocols, parseServices, serviceTable } from '../../src/resolve/services.ts';
import { machineWith } from './naming-files.ts';

describe('parseServices', () => {
  it.each([
    ['a plain line', 'ssh 22/tcp', [{ name: 'ssh', port: 22, protocol: 'tcp', aliases: [] }]],
    [
      'tabs, aliases and a comment',
      'http\t80/tcp\twww www-http\t# WorldWideWeb',
      [{ name: 'http', port: 80, protocol: 'tcp', aliases: ['www', 'www-http'] }],
    ],
    ['blanks before', '  ntp 123/udp', [{ name: 'ntp', port: 123, protocol: 'udp', aliases: [] }]],
    ['a carriage return', 'x 1/tcp\r\n', [{ name: 'x', port: 1, protocol: 'tcp', aliases: [] }]],
    ['a byte-order mark', '\ufeffx 1/tcp', [{ name: 'x', port: 1, protocol: 'tcp', aliases: [] }]],
    ['no newline at the end', '\nx 1/tcp', [{ name: 'x', port: 1, protocol: 'tcp', aliases: [] }]],
    ['UTF-8', 'café 91/tcp', [{ name: 'café', port: 91, protocol: 'tcp', aliases: [] }]],
    ['a comment', '# ssh 22/tcp', []],
    ['a comment inside', 'ssh 22#/tcp', []],
    ['no port', 'ssh', []],
    ['no protocol', 'ssh 22', []],
    ['an empty protocol', 'ssh 22/', []],
    ['a blank before the slash', 'ssh 22 /tcp', []],
    ['a blank after the slash', 'ssh 22/ tcp', []],
    ['a negative port', 'ssh -22/tcp', []],
    ['letters in the port', 'ssh 22x/tcp', []],
    [
      'the highest port',
      'x 65535/tcp',
      [{ name: 'x', port: 65_535, protocol: 'tcp', aliases: [] }],
    ],
    ['a port too big', 'ssh 65536/tcp', []],
    ['a port that the C library reads as octal', 'w 04457/tcp', []],
    ['port 0', 'w 0/tcp', [{ name: 'w', port: 0, protocol: 'tcp', aliases: [] }]],
    ['nothing', '', []],
  ])('%s', (_, text, entries) => {
    expect(parseServices(text)).toEqual(entries);
  });

  it('keeps the good lines around a bad one', () => {
    expect(parseServices('a 1/tcp\n/\nb 2/tcp').map((entry) => entry.name)).toEqual(['a', 'b']);
  });

  it('never throws, and every port is between 0 and 65535', () => {
    const line = fc.string({ unit: fc.constantFrom(...'ab 1269/#\t\n-tcp') });
    fc.assert(
      fc.property(fc.oneof(line, fc.string({ unit: 'binary' })), (text) => {
        for (const { name, port, protocol } of parseServices(text)) {
          expect(port).toBeGreaterThanOrEqual(0);
          expect(port).toBeLessThanOrEqual(65_535);
          expect(`${name}${protocol}`).not.toMatch(/\s|#/);
        }
        parseProtocols(text);
      }),
    );
  });
});

describe('parseProtocols', () => {
  it('reads names, numbers and aliases', () => {
    expect(parseProtocols('ip 0 IP # internet\nicmp\t1\tICMP\nbad x\nhex 0x11\n')).toEqual([
      { name: 'ip', port: 0, protocol: 'raw', aliases: ['IP'] },
      { name: 'icmp', port: 1, protocol: 'raw', aliases: ['ICMP'] },
    ]);
  });
});

const services = `
domain 53/tcp
domain-u 53/udp
domain-lite 53/udplite
both 9000/tcp first
both-later 9000/tcp
associated 9005/sctp
rawservice 255/raw
rawicmp 1/raw
only-lite 9003/udplite
shouting 9004/TCP
`;
const protocols = 'icmp 1 ICMP\nospf 89 OSPFIGP\n';
const files = { '/etc/services': services, '/etc/protocols': protocols };

describe('serviceTable', () => {
  it.each([
    ['TCP', 53, 'tcp', 'domain'],
    ['UDP', 53, 'udp', 'domain-u'],
    ['UDP-Lite has UDP’s', 53, 'udplite', 'domain-u'],
    ['UDP-Lite has no other', 9003, 'udplite', undefined],
    ['SCTP stays a number', 9005, 'sctp', undefined],
    ['raw is an IP protocol', 89, 'raw', 'ospf'],
    ['raw: the services file knows it alone', 255, 'raw', 'rawservice'],
    ['raw: both know it', 1, 'raw', 'icmp'],
    ['raw is no port', 53, 'raw', undefined],
    ['UNIX has none', 53, 'unix', undefined],
    ['protocols are distinguished by case', 9004, 'tcp', undefined],
    ['unknown', 4, 'tcp', undefined],
  ] as const)('%s', (_, port, protocol, name) => {
    expect(serviceTable(machineWith(files).host).name(port, protocol)).toBe(name);
  });

  it('keeps the last of several names on Linux, as net-tools does', () => {
    expect(serviceTable(machineWith(files).host).name(9000, 'tcp')).toBe('both-later');
  });

  it('keeps the first elsewhere, as the C library does', () => {
    const { host } = machineWith(files, { platform: 'darwin' });
    expect(serviceTable(host).name(9000, 'tcp')).toBe('both');
    expect(serviceTable(host).name(1, 'raw')).toBe('rawicmp');
  });

  it.each([
    ['a name', 'domain', 'tcp', 53],
    ['an alias', 'first', 'tcp', 9000],
    ['of another protocol', 'domain-u', 'tcp', undefined],
    ['UDP-Lite’s own', 'only-lite', 'udplite', 9003],
    ['UDP-Lite by UDP', 'domain-u', 'udplite', 53],
    ['SCTP', 'associated', 'sctp', 9005],
    ['an IP protocol', 'ospf', 'raw', 89],
    ['an IP protocol’s alias', 'OSPFIGP', 'raw', 89],
    ['unknown', 'nothing', 'tcp', undefined],
    ['UNIX', 'domain', 'unix', undefined],
  ] as const)('number of %s', (_, name, protocol, port) => {
    expect(serviceTable(machineWith(files).host).number(name, protocol)).toBe(port);
  });

  it('reads each file once, and none before it is asked', () => {
    const { host, seen } = machineWith(files);
    const table = serviceTable(host);
    expect(seen).toEqual([]);
    table.name(53, 'tcp');
    table.name(22, 'udp');
    table.number('domain', 'tcp');
    expect(seen).toEqual(['/etc/services', '/etc/protocols']);
  });

  it('knows nothing where there are no files', () => {
    const table = serviceTable(machineWith({}).host);
    expect(table.name(22, 'tcp')).toBeUndefined();
    expect(table.number('ssh', 'tcp')).toBeUndefined();
  });

  it.each([
    [{ SystemRoot: 'D:\\Win' }, 'D:\\Win'],
    // Variables keep the case in which they were set.
    [{ SYSTEMROOT: 'D:\\Win' }, 'D:\\Win'],
    [{}, 'C:\\Windows'],
  ])('reads Windows’ files, with %j', (env, root) => {
    const folder = `${root}\\System32\\drivers\\etc`;
    const { host } = machineWith(
      {
        [`${folder}\\services`]: 'https  443/tcp  MCom\r\n',
        [`${folder}\\protocol`]: 'icmp 1 ICMP\r\n',
      },
      { platform: 'win32', env },
    );
    const table = serviceTable(host);
    expect(table.name(443, 'tcp')).toBe('https');
    expect(table.name(1, 'raw')).toBe('icmp');
  });
});
