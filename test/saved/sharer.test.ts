import { describe, expect, it } from 'vitest';
import { sharer } from '../../src/saved/sharer.ts';

/** A row as JSON has it: no value of it is that of another row. */
const row = (changes: object = {}) => {
  const owner = {
    ...{ pid: 7, program: 'nginx', commandLine: 'nginx -g daemon off;' },
    parents: [{ pid: 1, program: 'systemd' }],
  };
  return JSON.parse(
    JSON.stringify({
      ...{ protocol: 'tcp', workload: { kind: 'unit', name: 'nginx.service' } },
      ...{ workloads: [{ kind: 'unit', name: 'nginx.service' }], cgroup: '/system.slice' },
      ...{ owners: [owner], peer: { owners: [owner] }, ...changes },
    }),
  );
};

describe('rows of a file', () => {
  it('are as they were, and have one value for all that is equal', () => {
    const share = sharer();
    const [one, other] = [share(row()), share(row())] as ReturnType<typeof row>[];
    expect([one, other]).toEqual([row(), row()]);
    expect(other.workload).toBe(one.workload);
    expect(other.workloads).toBe(one.workloads);
    expect(other.owners[0].parents).toBe(one.owners[0].parents);
    expect(other.peer.owners[0].parents).toBe(one.owners[0].parents);
    // Owners of two sockets have descriptors of their own.
    expect(other.owners[0]).not.toBe(one.owners[0]);
  });

  it('share nothing that differs', () => {
    const share = sharer();
    share(row());
    const changes = { workload: { kind: 'unit', name: 'ssh.service' }, cgroup: '/' };
    expect(share(row(changes))).toEqual(row(changes));
  });

  it.each([null, 7, 'row', [], {}, { owners: null }, { owners: [null, 1] }, { peer: null }])(
    'may be anything, which stays as it is: %j',
    (value) => {
      expect(sharer()(structuredClone(value))).toEqual(value);
    },
  );

  it('have no fields that they did not have', () => {
    expect(Object.keys(sharer()({ protocol: 'udp' }) as object)).toEqual(['protocol']);
  });
});
