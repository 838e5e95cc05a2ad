import { describe, expect, it } from 'vitest';
import { isBelieved } from '../../../../src/sources/linux/workloads/believed.ts';

const outer = `/machine.slice/libpod-${'a'.repeat(64)}.scope`;
const other = `/docker/${'b'.repeat(64)}`;

describe('who is believed of a container', () => {
  const nested = { within: outer };
  it.each<[string, object, object, boolean, boolean?]>([
    ['root, of the system’s', { uid: 0, inside: null }, {}, true],
    ['a user, of the system’s', { uid: 1000, inside: null }, {}, false],
    ['a user, of their own', { uid: 1000, inside: null }, { user: 1000 }, true],
    ['root, of a user’s', { uid: 0, inside: null }, { user: 1000 }, false],
    ['a container’s root, of the machine’s', { uid: 0, inside: outer }, {}, false],
    ['a container’s root, of one directly in there', { uid: 0, inside: outer }, nested, true],
    ['the machine’s root, of one in a container', { uid: 0, inside: null }, nested, false],
    ['one in another container', { uid: 0, inside: other }, nested, false],
    ['one somewhere in a container', { uid: 0, inside: 'below' }, {}, false],
    ['one of whom nothing is known', { uid: null, inside: undefined }, {}, false],
    ['one of whom nothing is known, in a copy', { uid: null, inside: undefined }, {}, true, false],
    ['one in a container, in a copy', { uid: null, inside: outer }, {}, false, false],
  ])('%s', (_, speaker, container, expected, isLive = true) => {
    expect(isBelieved(speaker as never, container, { isLive })).toBe(expected);
  });
});
