import { describe, expect, it } from 'vitest';
import { interfaceFlags } from '../../../../src/model/machine/interface-flags.ts';
import { linkOf } from '../../../../src/sources/linux/interfaces/sysfs.ts';

const { UP, RUNNING, PROMISC, ALLMULTI } = interfaceFlags;

/** The flags of an interface with these files. */
function flagsOf(files: Readonly<Record<string, string>>): number | null {
  return linkOf((file) => files[file] ?? null).flagBits;
}

const hex = (flags: number) => `0x${flags.toString(16)}`;

describe('the flags of an interface in /sys', () => {
  it.each([
    ['up', UP, UP | RUNNING],
    ['unknown', UP, UP | RUNNING],
    ['down', UP, UP],
    ['lowerlayerdown', UP, UP],
    ['up', 0, 0],
  ])('tell with the state %s and %i whether it runs', (operstate, flags, expected) => {
    expect(flagsOf({ flags: hex(flags), operstate })).toBe(expected);
  });

  it('that a bridge sets at its ports are not those of a user', () => {
    const flags = hex(UP | PROMISC | ALLMULTI);
    expect(flagsOf({ flags })).toBe(UP | PROMISC | ALLMULTI);
    expect(flagsOf({ flags, 'brport/port_no': '0x1' })).toBe(UP);
  });

  it.each([{}, { flags: '' }, { flags: 'x' }])('are not known from %j', (files) => {
    expect(flagsOf(files)).toBeNull();
  });
});

it('an interface without files has nothing', () => {
  expect(linkOf(() => null)).toEqual({
    ...{ index: null, mtu: null, flagBits: null, linkType: null },
    ...{ hardwareAddress: null, txQueueLength: null, addresses: null },
  });
});

it('an interface has each fact from its own file, if that is well-formed', () => {
  const files: Readonly<Record<string, string>> = {
    ...{ ifindex: '7', mtu: '1500', flags: '0x1003', type: '772', tx_queue_len: '1000' },
    ...{ address: '00:00:00:00:00:00', operstate: 'up' },
  };
  const of = (changes: Readonly<Record<string, string>> = {}) =>
    linkOf((file) => ({ ...files, ...changes })[file] ?? null);
  expect(of()).toMatchObject({
    ...{ index: 7, mtu: 1500, linkType: 'Local Loopback', txQueueLength: 1000 },
  });
  for (const [file, fact] of [
    ['ifindex', 'index'],
    ['mtu', 'mtu'],
    ['type', 'linkType'],
    ['tx_queue_len', 'txQueueLength'],
  ] as const) {
    for (const text of ['', 'x', '-1', '1x', 'x1', '1.5']) {
      expect(of({ [file]: text })[fact], text).toBeNull();
    }
  }
});
