import { expect, it } from 'vitest';
import type { InetProtocol } from '../../src/model/protocol.ts';
import { remotePorts } from '../../src/pipeline/remote-ports.ts';
import type { NameResolver } from '../../src/resolve/index.ts';

const numbers: Readonly<Record<string, Partial<Record<InetProtocol, number>>>> = {
  https: { tcp: 443, udp: 443 },
  syslog: { udp: 514 },
  twofold: { tcp: 1, udp: 2 },
};
const resolver = {
  serviceNumber: (name: string, protocol: InetProtocol) => numbers[name]?.[protocol],
} as unknown as NameResolver;

const ports = (...texts: string[]) => remotePorts(texts, resolver);

it('a range of ports is one label, and a port has the first that has it', () => {
  const { labels, labelOf } = ports('8000-8002', ':443', '8001', 'https');
  expect(labels).toEqual(['8000-8002', '443', '8001']);
  expect([7999, 8000, 8001, 8002, 8003, 443].map((port) => labelOf(port, 'tcp'))).toEqual([
    ...[undefined, '8000-8002', '8000-8002', '8000-8002', undefined, '443'],
  ]);
  expect(labelOf(443, 'udp')).toBe('443');
});

it('a service is its port of each protocol, or that of another where it has none', () => {
  const { labels, labelOf } = ports('syslog', 'twofold');
  expect(labels).toEqual(['514', '1']);
  expect([labelOf(514, 'udp'), labelOf(514, 'tcp')]).toEqual(['514', '514']);
  expect([labelOf(1, 'tcp'), labelOf(2, 'tcp'), labelOf(2, 'udp')]).toEqual(['1', undefined, '2']);
});

it.each([
  ['*', /^--metrics-remote: expected a port, found '\*'$/],
  ['70000', /^--metrics-remote: expected a port from 0 to 65535/],
  ['nosuch', /^--metrics-remote nosuch: no service of that name; give its port$/],
])('refuses %s', (text, message) => {
  expect(() => ports('443', text)).toThrow(message);
});
