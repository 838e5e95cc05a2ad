import { describe, expect, it } from 'vitest';
import { isBelieved } from '../../../../src/sources/linux/workloads/believed.ts';

const outer = `/machine.slice/libpod-${'a'.repeat(64)}.scope`;
const other = `/docker/${'b'.repeat(64)}`;

describe('who is believed of a container', () => {
  const nested = { within: outer };
  it.each<[string, object, object, boolean, boolean?]>([
    ['root, of the system’s', { uid: 0, place: null }, {}, true],
    ['a user, of the system’s', { uid: 1000, place: null }, {}, false],
    ['a user, of their own', { uid: 1000, place: null }, { user: 1000 }, true],
    ['root, of a user’s', { uid: 0, place: null }, { user: 1000 }, false],
    ['a container’s root, of the machine’s', { uid: 0, place: outer }, {}, false],
    ['a container’s root, of one directly in there', { uid: 0, place: outer }, nested, true],
    ['the machine’s root, of one in a container', { uid: 0, place: null }, nested, false],
    ['one in another container', { uid: 0, place: other }, nested, false],
    ['one somewhere in a container', { uid: 0, place: 'below' }, {}, false],
    ['one of whom nothing is known', { uid: null, place: undefined }, {}, false],
    ['one of whom nothing is known, in a copy', { uid: null, place: undefined }, {}, true, false],
    ['one in a container, in a copy', { uid: null, place: outer }, {}, false, false],
  ])('%s', (_, speaker, container, expected, isLive = true) => {
    expect(isBelieved(speaker as never, container, { isLive })).toBe(expected);
  });
});
