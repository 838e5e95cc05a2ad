import { expect, it } from 'vitest';
import {
  emptyPeers,
  noOwnerAt,
  noOwners,
  ownersAt,
  peerAt,
} from '../../../src/model/packed/owners.ts';
import type { WorkloadFields } from '../../../src/model/packed/workloads.ts';
import { owner, unit } from '../../support/builders.ts';
import { sharesHiddenClass } from '../../support/hidden-class.ts';

const nginx = owner(7, 'nginx', { fd: null });
const [denied, none] = ['denied', 'none'].map((reason) => noOwners.indexOf(reason as 'none'));
const web: WorkloadFields = {
  ...{ workload: unit('web.service'), workloads: [unit('web.service')] },
  ...{ noWorkload: null, cgroup: '/system.slice/web.service' },
};
const unknown: WorkloadFields = {
  ...{ workload: null, workloads: [], noWorkload: 'none', cgroup: '/' },
};

/** Peers of four rows: of nginx by its descriptor 5, of somebody who is hidden, of nobody, and none. */
function peers(workloads: readonly WorkloadFields[] | null) {
  const made = emptyPeers(4, [[], [nginx]], workloads);
  made.lists[0] = 1;
  made.fds[0] = 5;
  made.inodes[0] = 40_001;
  made.reasons[1] = denied as number;
  made.reasons[2] = none as number;
  made.workloads?.places.set([1, 0, 0, 0]);
  return made;
}

it('a packed peer has its inode, its owner by descriptor, or why there is none', () => {
  const packed = peers(null);
  expect([0, 1, 2, 3].map((row) => peerAt(packed, row))).toEqual([
    { inode: 40_001, owners: [{ ...nginx, fd: 5 }], noOwner: null },
    { inode: null, owners: [], noOwner: 'denied' },
    { inode: null, owners: [], noOwner: 'none' },
    null,
  ]);
  expect([ownersAt(packed, 0), noOwnerAt(packed, 1)]).toEqual([[{ ...nginx, fd: 5 }], 'denied']);
});

it('and its workload, where that was asked for', () => {
  const packed = peers([unknown, web]);
  expect([0, 1, 3].map((row) => peerAt(packed, row))).toEqual([
    {
      ...{ inode: 40_001, owners: [{ ...nginx, fd: 5 }], noOwner: null },
      ...{ workload: unit('web.service'), noWorkload: null },
    },
    { inode: null, owners: [], noOwner: 'denied', workload: null, noWorkload: 'none' },
    null,
  ]);
});

it("peers' columns have one form", () => {
  expect(sharesHiddenClass(() => emptyPeers(8, [], []))).toBe(true);
});
