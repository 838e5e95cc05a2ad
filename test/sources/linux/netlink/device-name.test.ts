import { closeSync, fstatSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deviceNamer } from '../../../../src/sources/linux/netlink/device-name.ts';

const opened: number[] = [];
const open = () => {
  const descriptor = openSync('/dev/null', 'r');
  opened.push(descriptor);
  return descriptor;
};
const libc = {
  openSockDiag: open,
  deviceName: (_: number, index: number) => (index === 2 ? 'eth0' : null),
};

describe('names of interfaces', () => {
  it('are asked by a socket that is closed again', () => {
    const name = deviceNamer(undefined, () => libc);
    expect([name(2), name(9)]).toEqual(['eth0', null]);
    expect(opened).toHaveLength(2);
    for (const descriptor of opened) expect(() => fstatSync(descriptor)).toThrow('EBADF');
  });

  it('are asked in another network namespace by the caller that opens one there', () => {
    const elsewhere = openSync('/dev/null', 'r');
    const asked: number[] = [];
    const name = deviceNamer(
      () => elsewhere,
      () => ({
        ...libc,
        deviceName(descriptor) {
          asked.push(descriptor);
          return 'v1';
        },
      }),
    );
    expect(name(2)).toBe('v1');
    expect(asked).toEqual([elsewhere]);
    expect(() => closeSync(elsewhere)).toThrow('EBADF');
  });

  it.each<[string, ReturnType<typeof deviceNamer>]>([
    ['there is no libc', deviceNamer(undefined, () => null)],
    [
      'no socket can be opened',
      deviceNamer(
        () => -1,
        () => libc,
      ),
    ],
  ])('are unknown if %s', (_, name) => {
    expect(name(2)).toBeNull();
  });
});
