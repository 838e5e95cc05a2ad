import { expect, it } from 'vitest';
import { keepCgroup, keptCgroup } from '../../../../src/sources/linux/netlink/socket-cgroup.ts';
import { inetSocket } from '../../../support/builders.ts';

const kept = (value: Buffer | null) => {
  const socket = inetSocket();
  keepCgroup(socket, value);
  return keptCgroup(socket);
};

it.each([
  ['of a kernel before 5.8, which sends none', null, undefined],
  ['that is cut', Buffer.alloc(7, 1), undefined],
  ['of 64 bits', Buffer.from('0100000001000000', 'hex'), 0x1_0000_0001],
])('the cgroup of a socket: one %s', (_, value, cgroup) => {
  expect(kept(value)).toBe(cgroup);
});
