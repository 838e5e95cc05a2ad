import { describe, expect, it } from 'vitest';
import { diff } from '../../src/library/diff.ts';
import type { NetInterface } from '../../src/model/machine/interface.ts';
import type { Group } from '../../src/model/machine/multicast-group.ts';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { group, inet, netInterface, owner, route } from '../support/builders.ts';

const head = {
  schemaVersion: 1,
  platform: 'linux',
  takenAt: '2026-01-31T12:00:00.000Z',
  warnings: [],
} as const;
const answer = (...sockets: Socket[]): Snapshot => ({ ...head, sockets });
const web = inet('0.0.0.0:80', '0.0.0.0', { owners: [owner(7, 'nginx')] });
const again = { ...web, owners: [owner(8, 'nginx')] };
const evil = { ...web, owners: [owner(8, 'evil')] };

describe('diff', () => {
  it('returns what differs between two answers', () => {
    expect(diff(answer(web), answer(evil))).toEqual({
      ...{ report: 'sockets', added: [], removed: [], replaced: [] },
      changed: [
        {
          fields: [{ field: 'owners.program', before: 'nginx', after: 'evil' }],
          before: web,
          after: evil,
        },
      ],
      notCompared: { owners: 0, ownersHidden: 0, unnamed: 0, undecided: 0 },
    });
  });

  it('changes neither of them', () => {
    const frozen: Snapshot = Object.freeze(answer(Object.freeze(web)));
    Object.freeze(frozen.sockets);
    expect(diff(frozen, frozen).changed).toEqual([]);
  });

  it('takes other reports, of the same kind', () => {
    const routes = (...rows: ReturnType<typeof route>[]): Snapshot<'routes'> => {
      return { ...head, routes: rows };
    };
    expect(diff(routes(route()), routes()).removed).toEqual([route()]);
    const [one, other] = [netInterface('eth0', { mtu: 1500 }), netInterface('eth0', { mtu: 9000 })];
    const interfaces = (row: NetInterface): Snapshot<'interfaces'> => ({
      ...head,
      interfaces: [row],
    });
    expect(diff(interfaces(one), interfaces(other)).changed).toMatchObject([
      { fields: [{ field: 'mtu', before: '1500', after: '9000' }] },
    ]);
    const groups = (...rows: Group[]): Snapshot<'groups'> => ({ ...head, groups: rows });
    const joined = group('eth0', '224.0.0.1', 1);
    expect(diff(groups(), groups(joined)).added).toEqual([joined]);
    expect(() => diff(routes() as never, answer())).toThrow(
      'after: expected routes, as before, found sockets',
    );
  });

  it.each([
    [{ ignore: 'sport = 3' }, 'ignore: expected a function, found "sport = 3"'],
    [
      { ignor: () => true },
      'ignor: not an option (did you mean ignore?); there are ignore, sameMachine',
    ],
    [{ sameMachine: 1 }, 'sameMachine: expected true or false, found 1'],
    [null, 'options: expected an object, found null'],
  ])('refuses the options %j', (options, message) => {
    expect(() => diff(answer(), answer(), options as never)).toThrow(message);
  });

  it.each<[() => unknown, string]>([
    [async () => false, 'found [object Promise]'],
    [() => undefined, 'found undefined'],
    [() => 'yes', 'found "yes"'],
    [() => 0, 'found 0'],
  ])('refuses a function that returns neither true nor false: %s', (ignore, found) => {
    const options = { ignore: ignore as () => boolean };
    expect(() => diff(answer(web), answer(evil), options)).toThrow(
      `ignore: expected true or false from the function, ${found}`,
    );
  });

  it.each([[{}], [null], ['tcp'], [{ protocol: 'tcp' }], [{ protocol: 'tcp', local: null }]])(
    'refuses what is no row: %j',
    (row) => {
      const odd = { ...head, sockets: [web, row] } as never;
      expect(() => diff(answer(), odd)).toThrow('after: sockets[1] is no row of sockets');
    },
  );

  it.each(['routes', 'interfaces', 'groups'])('refuses what is no row of %s', (report) => {
    for (const row of [null, 'eth0', {}, { destination: 1, name: 1, group: 1 }]) {
      const odd = { ...head, [report]: [row] } as never;
      expect(() => diff(odd, odd)).toThrow(`before: ${report}[0] is no row of ${report}`);
    }
  });

  it('leaves out what is to be ignored', () => {
    const ignore = (socket: Socket) => socket === web;
    expect(diff(answer(web), answer(), { ignore }).removed).toEqual([]);
  });

  it('returns what was replaced, of one machine', () => {
    expect(diff(answer(web), answer(again)).replaced).toEqual([{ before: web, after: again }]);
    expect(diff(answer(web), answer(again), { sameMachine: false }).replaced).toEqual([]);
    const windows = { ...answer(again), platform: 'win32' } as const;
    expect(diff(answer(web), windows).replaced).toEqual([]);
  });

  it.each<[title: string, given: unknown, message: string]>([
    ['nothing', null, 'before: expected an answer, such as snapshot() gives'],
    [
      'of another schema',
      { ...head, schemaVersion: 2 },
      'before: expected an answer of schemaVersion 1',
    ],
    [
      'counters',
      { ...head, statistics: [] },
      'before: expected one of sockets, routes, interfaces, groups in it',
    ],
  ])('refuses what it cannot compare: %s', (_, given, message) => {
    expect(() => diff(given as never, answer())).toThrow(message);
  });
});
