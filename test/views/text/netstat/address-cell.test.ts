import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InetProtocol } from '../../../../src/model/protocol.ts';
import { type Names, noNames } from '../../../../src/model/report/names.ts';
import { allNumeric, type View } from '../../../../src/model/request/view.ts';
import { addressCell } from '../../../../src/views/text/netstat/address-cell.ts';
import { everyRow } from '../support/render.ts';

const hosts: Readonly<Record<string, string>> = {
  '127.0.0.1': 'localhost',
  '192.0.2.7': 'a-very-long-host-name.example.com',
  '192.0.2.8': 'bad\u001b[31m\nname',
  '192.0.2.9': 'cafés-and-bars.example.com',
  '::ffff:192.0.2.1': 'mapped.example',
  '0.0.0.0': 'never',
};
const services: Readonly<Record<string, string>> = {
  '22/tcp': 'ssh',
  '53/udp': 'domain',
  '9/tcp': 'a-service-of-21-chars',
  '8/tcp': 'b\u0007',
  '7/tcp': 'écho',
};
const names: Names = {
  ...noNames,
  host: (address) => hosts[address],
  service: (port, protocol) => services[`${port}/${protocol}`],
};
const named = { hosts: false, ports: false, users: false };

function cell(
  address: string,
  port: number,
  changes: Partial<View>,
  protocol: InetProtocol = 'tcp',
) {
  const end = { address, port, zone: null };
  return addressCell({ ...everyRow.view, ...changes }, names)(end, protocol);
}

describe('allNumeric', () => {
  it.each([
    ['192.0.2.7', 22, '192.0.2.7:22'],
    ['0.0.0.0', 0, '0.0.0.0:*'],
    ['::', 22, ':::22'],
    ['::1', 0, '::1:*'],
    ['1::', 22, '1:::22'],
    ['::ffff:192.0.2.7', 22, '192.0.2.7:22'],
    ['::ffff:0.0.0.0', 0, '0.0.0.0:*'],
    ['::192.0.2.7', 22, '::192.0.2.7:22'],
    ['2001:db8:1111:2222:3333:4444:5555:6666', 22, '2001:db8:1111:2222:3:22'],
    ['2001:db8:1111:2222:3333:4444:5555:6666', 50000, '2001:db8:1111:222:50000'],
  ])('%s port %d is %s', (address, port, text) => {
    expect(cell(address, port, { numeric: allNumeric })).toBe(text);
  });

  it('are whole where wide', () => {
    const address = '2001:db8:1111:2222:3333:4444:5555:6666';
    expect(cell(address, 50000, { numeric: allNumeric, wide: true })).toBe(`${address}:50000`);
  });
});

describe('names', () => {
  it.each([
    ['127.0.0.1', 22, 'tcp', 'localhost:ssh'],
    ['127.0.0.1', 22, 'udp', 'localhost:22'],
    ['127.0.0.1', 53, 'udp', 'localhost:domain'],
    ['127.0.0.1', 0, 'tcp', 'localhost:*'],
    ['0.0.0.0', 22, 'tcp', '0.0.0.0:ssh'],
    ['::', 22, 'tcp', '[::]:ssh'],
    ['::', 0, 'tcp', '[::]:*'],
    ['::ffff:192.0.2.1', 22, 'tcp', 'mapped.example:ssh'],
    ['::ffff:192.0.2.2', 22, 'tcp', '192.0.2.2:ssh'],
    ['192.0.2.7', 22, 'tcp', 'a-very-long-host-na:ssh'],
    ['192.0.2.7', 50000, 'tcp', 'a-very-long-host-:50000'],
    ['192.0.2.7', 9, 'tcp', 'a-ve:a-service-of-21-ch'],
    ['192.0.2.8', 22, 'tcp', 'bad\\x1b[31m\\x0aname:ssh'],
    ['127.0.0.1', 8, 'tcp', 'localhost:b\\x07'],
    ['192.0.2.9', 7, 'tcp', 'cafés-and-bars.e:écho'],
    ['192.0.2.9', 22, 'tcp', 'cafés-and-bars.exa:ssh'],
  ] as const)('%s port %d of %s is %s', (address, port, protocol, text) => {
    expect(cell(address, port, { numeric: named }, protocol)).toBe(text);
  });

  it('are whole where wide', () => {
    expect(cell('192.0.2.7', 9, { numeric: named, wide: true })).toBe(
      'a-very-long-host-name.example.com:a-service-of-21-chars',
    );
  });

  it.each([
    ['only hosts are allNumeric', { hosts: true }, ':::ssh', '127.0.0.1:ssh'],
    ['only ports are allNumeric', { ports: true }, '[::]:22', 'localhost:22'],
  ])('%s', (_, numeric, any, loopback) => {
    const changes = { numeric: { ...named, ...numeric } };
    expect(cell('::', 22, changes)).toBe(any);
    expect(cell('127.0.0.1', 22, changes)).toBe(loopback);
  });
});

it('shows a zone, made safe', () => {
  const end = { address: 'fe80::1', port: 22, zone: 'eth\u001b0' };
  expect(addressCell(everyRow.view, noNames)(end, 'tcp')).toBe('fe80::1%eth\\x1b0:22');
});

it('is 23 bytes at most, and the port survives', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(texts, texts, fc.integer({ min: 1, max: 0xffff }), (host, service, port) => {
      const any = { ...noNames, host: () => host, service: () => service || undefined };
      const end = { address: '192.0.2.7', port, zone: null };
      const text = addressCell({ ...everyRow.view, numeric: named }, any)(end, 'tcp');
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(23);
      if (service === '') expect(text.endsWith(`:${port}`)).toBe(true);
    }),
  );
});
