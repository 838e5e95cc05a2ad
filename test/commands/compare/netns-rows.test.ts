import { describe, expect, it } from 'vitest';
import { rowsOfNetns } from '../../../src/commands/compare/netns-rows.ts';
import type { NetInterface } from '../../../src/model/machine/interface.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { NetnsAsked } from '../../../src/model/request/listing.ts';
import type { Saved } from '../../../src/saved/parse-saved.ts';
import { inet } from '../../support/builders.ts';
import { fakeSource } from '../../support/fake-source.ts';

const own: Netns = { inode: 1, name: null, own: true };
const blue: Netns = { inode: 2, name: 'blue', own: false };
const numbered: Netns = { inode: 3, name: null, own: false };
const hidden: Netns = { inode: null, name: null, own: false };

/** A server in this namespace; undefined: namespaces were not asked for. */
function server(netns: Netns | undefined) {
  return { ...inet('0.0.0.0:80', '0.0.0.0'), ...(netns !== undefined && { netns }) };
}

/** The namespaces of the rows that are asked for in a file; `now`: the one that is asked for, null: not known. */
async function found(
  places: readonly (Netns | undefined)[],
  then: NetnsAsked | null,
  wanted: NetnsAsked,
  now: Netns | null = null,
) {
  const asked = then === null ? null : ({ netns: then } as Saved['asked']);
  const lo = { name: 'lo', netns: now } as unknown as NetInterface;
  const source = fakeSource(now === null ? {} : { interfaces: [lo] });
  const rows = await rowsOfNetns({ rows: places.map(server), asked }, wanted, source, 'f');
  return rows.map(({ netns }) => netns);
}

const all = [own, blue, numbered];
const named = (name: string) => ({ name });

describe('the rows of a file that are of a network namespace', () => {
  it.each<[NetnsAsked, readonly Netns[]]>([
    ['all', all],
    ['own', [own]],
    [named('own'), [own]],
    [named('(own)'), [own]],
    [named('blue'), [blue]],
    [named('2'), [blue]],
    [named('3'), [numbered]],
  ])('are found by what the file calls it: %j', async (wanted, expected) => {
    expect(await found(all, 'all', wanted)).toEqual(expected);
  });

  it.each<[string, Netns, readonly Netns[]]>([
    ['its name', { ...blue, inode: 9 }, [blue]],
    ['its number', numbered, [numbered]],
    ['its number, and has a name now', { ...numbered, name: 'late' }, [numbered]],
    ['being the own one', { ...own, inode: 9 }, [own]],
    ['nothing: it is another one', { inode: 2, name: 'red', own: false }, []],
  ])('are found by looking it up, if it is known by %s', async (_, now, expected) => {
    expect(await found(all, 'all', named('4711'), now)).toEqual(expected);
  });

  it('are all if the same word was asked for then', async () => {
    expect(await found([blue], named('/run/netns/x'), named('/run/netns/x'))).toEqual([blue]);
  });

  it('without namespaces are of the own one', async () => {
    expect(await found([undefined], 'own', named('x'), own)).toEqual([undefined]);
    expect(await found([undefined], 'own', named('x'), blue)).toEqual([]);
    expect(await found([undefined], null, 'own')).toEqual([undefined]);
    expect(await found([undefined], null, named('x'), own)).toEqual([undefined]);
  });

  it.each<[string, readonly (Netns | undefined)[], Netns | null]>([
    ['is not known now', all, null],
    ['has no name or number in the file', [hidden], blue],
    ['has a name there, and only a number now', [{ ...blue, inode: null }], numbered],
    ['is not told by a file without its question', [undefined], blue],
  ])('are refused where it %s', async (_, places, now) => {
    const asked = places[0] === undefined ? null : 'all';
    await expect(found(places, asked, named('x'), now)).rejects.toThrow(
      'f: it does not tell which rows are of the network namespace x',
    );
  });
});
