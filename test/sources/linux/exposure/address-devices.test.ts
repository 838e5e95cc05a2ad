import { describe, expect, it } from 'vitest';
import type { InterfaceAddress } from '../../../../src/model/machine/interface.ts';
import {
  addressDevicesIn,
  ownAddressDevices,
} from '../../../../src/sources/linux/exposure/address-devices.ts';
import { fakeProc } from '../support/fake-proc.ts';

const withAddress = (address: string) => ({ address }) as InterfaceAddress;

describe('whose an address is', () => {
  const devices = new Map([
    ['eth0', [withAddress('192.0.2.1'), withAddress('10.9.9.9')]],
    ['eth1', [withAddress('198.51.100.1'), withAddress('10.9.9.9')]],
  ]);
  const isOfAnother = ownAddressDevices(
    () => devices,
    ({ name }) => name === 'vrf',
  );
  it.each<[string, string, string, boolean]>([
    ['its own', 'eth0', '192.0.2.1', false],
    ["another one's", 'eth1', '192.0.2.1', true],
    ['one of both', 'eth1', '10.9.9.9', false],
    ["several others'", 'eth2', '10.9.9.9', true],
    ["nobody's", 'eth0', '203.0.113.1', false],
    ['that of a part', 'vrf', '192.0.2.1', false],
  ])('%s', (_, device, address, expected) => {
    expect(isOfAnother({ index: 2, name: device }, address)).toBe(expected);
  });
});

it.runIf(process.platform === 'linux')(
  'is not known of an interface that /sys does not show',
  () => {
    const devices = new Map([
      ['lo', [withAddress('127.0.0.1')]],
      ['none', [withAddress('192.0.2.1')]],
    ]);
    const isOfAnother = ownAddressDevices(() => devices);
    expect(isOfAnother({ index: 2, name: 'absent' }, '127.0.0.1')).toBe(false);
    // Of this name there is one, of another network.
    expect(isOfAnother({ index: 999_999, name: 'lo' }, '192.0.2.1')).toBe(false);
    expect(isOfAnother({ index: 1, name: 'lo' }, '192.0.2.1')).toBe(true);
  },
);

describe('whose an address is in another network', () => {
  const route = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth1\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
  const leaf = (address: string) => `        |-- ${address}\n           /32 host LOCAL\n`;
  const trie = `Local:\n${leaf('127.0.0.1')}${leaf('172.17.0.2')}${leaf('172.18.0.2')}${leaf('10.3.0.1')}`;
  const files = { '7/net/route': route, '7/net/fib_trie': trie };
  it.each<[string, Readonly<Record<string, string>>, string, string, boolean]>([
    ['its own', files, 'eth0', '172.17.0.2', false],
    ["another one's", files, 'eth1', '172.17.0.2', true],
    ['of no network of the main table', files, 'vrf', '10.3.0.1', false],
  ])('%s', (_, given, device, address, expected) => {
    const isOfAnother = addressDevicesIn(fakeProc({ files: given }), '7/');
    expect(isOfAnother?.({ index: 2, name: device }, address)).toBe(expected);
  });

  it('is not known without its files', () => {
    expect(addressDevicesIn(fakeProc({ files: {} }), '7/')).toBeNull();
  });
});
