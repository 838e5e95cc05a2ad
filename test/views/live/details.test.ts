import { describe, expect, it } from 'vitest';
import { attributesOf } from '../../../src/attributes/index.ts';
import type { Fact } from '../../../src/model/report/facts.ts';
import type { Listing } from '../../../src/model/request/listing.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { detailKeys } from '../../../src/views/live/details.ts';

const facts: readonly Fact[] = [
  ...(['tcpInfo', 'tcpInternals', 'socketInfo', 'boundSockets', 'workloads', 'exposure'] as const),
  ...(['creationTimes', 'queues', 'users', 'inodes', 'timers', 'netns', 'hosts'] as const),
  ...(['processFacts', 'executables'] as const),
];

const keysWith = (view: Partial<Listing['view']>) =>
  detailKeys({ ...defaultListing, view: { ...defaultListing.view, ...view } }, facts);

/** What `proto`, `src`, `dst` and `created` say too, and the time of the reading. */
const saidOtherwise = ['family', 'local', 'lport', 'remote', 'rport', 'age', 'taken'];

describe('the details of a socket', () => {
  it('have every column of sockets', () => {
    const keys = keysWith({ peers: true, exposure: true, withNetns: true });
    const others = attributesOf('sockets').filter(
      ({ key, aliases = [] }) => ![key, ...aliases].some((name) => keys.includes(name)),
    );
    expect(others.map(({ key }) => key)).toEqual(saidOtherwise);
  });

  it('have what is costly to read only if the listing asks for it', () => {
    const all = keysWith({ peers: true, exposure: true, withNetns: true });
    const cheap = keysWith({});
    expect(all.filter((key) => !cheap.includes(key)).toSorted()).toEqual([
      ...['exposure', 'exposurereason', 'netns'],
      ...['peer', 'peernoowner', 'peerpid', 'peerworkload'],
    ]);
    expect(keysWith({ exposure: true })).toEqual(
      all.filter((key) => key !== 'netns' && !key.startsWith('peer')),
    );
  });
});
