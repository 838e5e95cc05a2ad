import { describe, expect, it } from 'vitest';
import { list } from '../../../src/commands/list/list.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { keepOwnerWorkloads } from '../../../src/model/socket/owner-workloads.ts';
import { inet, owner, unit } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { type FakeReading, fakeSource, linuxFacts } from '../../support/fake-source.ts';
import { type Asked, filtering, listingWith } from '../../support/listing.ts';

const web = inet('192.0.2.1:443', '0.0.0.0', {
  owners: [owner(701, 'nginx'), owner(1, 'systemd')],
});
const web6 = inet('[::]:443', '[::]', { owners: [owner(701, 'nginx'), owner(70, 'nginx')] });
/** A socket of a process outside of all workloads, one in each of two units, and one of which that is not known. */
function sharedByWorkloads() {
  const owners = [1, 701, 702, 70].map((pid) => owner(pid, 'a'));
  const belonging = (...units: string[]) => {
    const workloads = units.map((name) => unit(name));
    const [first = null] = workloads;
    return { workload: first, workloads, noWorkload: first === null ? ('none' as const) : null };
  };
  const all = belonging('nginx.service', 'cron.service');
  const shared = inet('192.0.2.1:443', '0.0.0.0', { owners, ...all });
  const own = [belonging(), belonging('nginx.service'), belonging('cron.service'), null];
  keepOwnerWorkloads(shared, own);
  return shared;
}
const client = inet('192.0.2.1:40000', '192.0.2.2:443', { owners: [owner(9, 'curl')] });
const orphan = inet('192.0.2.1:40001', '192.0.2.2:443', { owners: [] });
const denied: Warning = { code: 'owners-denied', message: '3 owners', source: '/proc' };

async function run(asked: Partial<Asked>, ...readings: FakeReading[]) {
  let now = 0;
  const { host, written } = fakeHost({
    elapsed: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  });
  const listing = listingWith({ protocols: ['tcp'], which: 'all', pids: true, ...asked });
  const facts = [...linuxFacts, 'workloads'] as const;
  const end = await list(listing, host, async () => ({ ...fakeSource(...readings), facts }));
  return [written.stdout, written.stderr, end];
}

describe('--pids', () => {
  it.each<[string, Partial<Asked>, FakeReading, readonly [string, string, number]]>([
    [
      'each once, in rising order',
      {},
      { batches: [[web, client], [web6]] },
      ['1\n9\n70\n701\n', '', 0],
    ],
    [
      'in the order of sorted rows',
      { sort: ['-lport'] },
      { batches: [[web, client]] },
      ['9\n701\n1\n', '', 0],
    ],
    [
      'of a shared socket the program that was named',
      filtering({ program: ['nginx'] }),
      { batches: [[web, web6]] },
      ['70\n701\n', '', 0],
    ],
    [
      'of a shared socket those in the workload that was named, and whose is not known',
      filtering({ workload: ['nginx.service'] }),
      { batches: [[sharedByWorkloads()]] },
      ['70\n701\n', '', 0],
    ],
    [
      'of a shared socket those in the unit that was named',
      filtering({ expression: ['unit = cron.service'] }),
      { batches: [[sharedByWorkloads()]] },
      ['70\n702\n', '', 0],
    ],
    [
      'of a shared socket all, if no workload was named',
      filtering({ port: ['443'] }),
      { batches: [[sharedByWorkloads()]] },
      ['1\n70\n701\n702\n', '', 0],
    ],
    [
      'of a shared socket the process that was named',
      filtering({ pid: ['1,9'] }),
      { batches: [[web, web6, client]] },
      ['1\n9\n', '', 0],
    ],
    ['none where nothing matched', filtering({ port: ['9'] }), { batches: [[web]] }, ['', '', 1]],
    ['none where nobody holds it', {}, { batches: [[orphan]] }, ['', '', 1]],
    [
      'none that could be seen',
      {},
      { batches: [[orphan]], warnings: [denied] },
      ['', 'tsnetstat: warning: 3 owners\n', 2],
    ],
    [
      'those that could be seen',
      {},
      { batches: [[orphan, client]], warnings: [denied] },
      ['9\n', 'tsnetstat: warning: 3 owners\n', 0],
    ],
    [
      'without servers, which is reported',
      { ...filtering({ port: ['443'] }), which: 'connected' },
      { batches: [[web, client]] },
      ['9\n', 'tsnetstat: 1 matching server is not listed; -l lists servers, -a all sockets\n', 0],
    ],
  ])('%s', async (_, asked, reading, expected) => {
    expect(await run(asked, reading)).toEqual(expected);
  });

  it('waits for a process', async () => {
    const wait = { for: 'there', timeout: 1000, every: 500 } as const;
    const held = { batches: [[client]] };
    expect(await run({ wait }, {}, { batches: [[orphan]] }, held)).toEqual(['9\n', '', 0]);
    expect(await run({ wait }, {})).toEqual(['', 'tsnetstat: nothing matched within 1 s\n', 1]);
  });
});
