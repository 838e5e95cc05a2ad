import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../../../src/sources/linux/proc/net-place.ts';

describe('pidNamespaces', () => {
  it.each([
    ['a process in the namespace of the procfs', 'Name:\tnode\nNSpid:\t31\nNSpgid:\t31\n', 1],
    ['a process in a container, seen from its host', 'Name:\tnode\nNSpid:\t9041\t31\n', 2],
    ['a container in a container', 'NSpid:\t70541\t9041\t31\n', 3],
    ['a kernel that does not report it', 'Name:\tnode\nPid:\t31\n', null],
    ['a name that looks like the line', 'Name:\tNSpid: 1\nPid:\t31\n', null],
  ])('%s', (_, status, count) => {
    expect(pidNamespaces(status)).toBe(count);
  });
});
