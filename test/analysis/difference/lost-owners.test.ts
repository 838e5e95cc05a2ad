import { expect, test } from 'vitest';
import { countLostOwners } from '../../../src/analysis/difference/lost-owners.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { inet, owner, unit, unix } from '../../support/builders.ts';

const at = (changes: Partial<Socket>) => inet('0.0.0.0:80', '', changes as object);
const seen = at({ owners: [owner(7, 'nginx', { executable: '/usr/sbin/nginx' })] });
const ofUnit = { ...seen, workload: unit('nginx.service') };
const denied = at({ owners: [], noOwner: 'denied' });
const elsewhere = inet('0.0.0.0:81', '', { owners: [], noOwner: 'denied' });

test.each<[string, readonly Socket[], readonly Socket[], number]>([
  ['all is seen as before', [seen], [seen], 0],
  ['an owner is hidden', [seen], [denied], 1],
  ['owners are not read', [seen], [at({ owners: null })], 1],
  ['one of the owners of a shared port is hidden', [seen, seen], [seen, denied], 1],
  ['as many are hidden as before', [seen, denied], [seen, denied], 0],
  ['it was hidden before', [denied], [denied], 0],
  ['more is seen', [denied], [seen], 0],
  ['a new socket is hidden', [seen], [seen, elsewhere], 0],
  ['the socket has ended', [seen], [elsewhere], 0],
  ['nobody holds it any more', [seen], [at({ owners: [], noOwner: 'unknown' })], 0],
  ['an executable is hidden', [seen], [at({ owners: [owner(7, 'nginx')] })], 1],
  ['a workload is hidden', [ofUnit], [{ ...seen, workload: null, noWorkload: 'denied' }], 1],
  ['it belongs to no workload', [ofUnit], [{ ...seen, workload: null, noWorkload: 'none' }], 0],
  [
    'a socket without a name is hidden',
    [unix(null, { owners: [owner(7, 'x')] })],
    [unix(null, { owners: [], noOwner: 'denied' })],
    0,
  ],
])('places whose owners are forgotten: %s', (_, before, after, expected) => {
  expect(countLostOwners(before, after)).toBe(expected);
});
