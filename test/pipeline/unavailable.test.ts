import { describe, expect, it } from 'vitest';
import { columnKeys } from '../../src/attributes/index.ts';
import type { Fact } from '../../src/model/report/facts.ts';
import type { PlatformName } from '../../src/model/report/snapshot.ts';
import type { NetnsAsked } from '../../src/model/request/listing.ts';
import { requireFilteredFacts, requireNamedFacts } from '../../src/pipeline/unavailable.ts';
import { factsOf, fieldWords } from '../../src/select/fields.ts';
import { sortKeyNames } from '../../src/select/sort.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import { fakeMachines } from '../support/fake-machines.ts';
import { listingWith } from '../support/listing.ts';

/** What is said where a source of that platform, which tells `told`, is asked to filter by a fact. */
function asking(
  platform: PlatformName,
  fact: Fact,
  filter: string,
  told: readonly Fact[] = [],
  netns: NetnsAsked = 'own',
) {
  const source = sourceOfReaders({ platform, protocols: ['tcp'], facts: told }, {});
  return () => requireFilteredFacts(source, { netns }, [{ fact, filter }]);
}

describe('a filter for a fact that is not available', () => {
  it.each<[PlatformName, Fact, string, string]>([
    [
      'linux',
      'tcpInfo',
      'rtt',
      "TCP's internals (rtt): only a live Linux provides them, not --proc-root",
    ],
    [
      'linux',
      'netns',
      '--all-netns',
      '--all-netns: a captured /proc (--proc-root) shows no network namespaces, only a mounted one does',
    ],
    ['linux', 'creationTimes', 'age', 'age: Linux does not provide creation times of sockets'],
    ['darwin', 'creationTimes', 'age', 'age: macOS does not provide creation times of sockets'],
    [
      'darwin',
      'socketInfo',
      'drops',
      'drops: macOS does not provide memory, drops and accept queues of sockets; netstat -anL (queues only) does',
    ],
    [
      'win32',
      'users',
      'user',
      'user: Windows does not provide users of sockets; Get-Process -IncludeUserName does',
    ],
  ])('on %s (%s) is refused: %s %s', (platform, fact, filter, message) => {
    expect(asking(platform, fact, filter)).toThrow(
      expect.objectContaining({ code: 'unsupported', message, path: filter }),
    );
  });

  it('is accepted if the fact is available', () => {
    expect(asking('win32', 'creationTimes', 'age', ['creationTimes'])).not.toThrow();
  });
});

describe('a filter by network namespace', () => {
  it('is refused if only one is read', () => {
    expect(asking('linux', 'netns', 'netns', ['netns'])).toThrow(
      'netns: sockets of other network namespaces are read only with --all-netns, or --netns NAME',
    );
  });

  it.each<NetnsAsked>(['all', { name: 'web' }])('is accepted with %j', (netns) => {
    expect(asking('linux', 'netns', 'netns', ['netns'], netns)).not.toThrow();
  });
});

describe('a fact that other machines do not provide', () => {
  it('is refused in their words, and of which machine a row is where there are none', () => {
    const machines = fakeMachines({ a: [] });
    const asked = (fact: Fact, filter: string) => () =>
      requireFilteredFacts(machines, { netns: 'own' }, [{ fact, filter }]);
    expect(asked('tcpInfo', 'rtt')).toThrow(
      "TCP's internals (rtt): machines read with --on do not provide them; ask on the machine itself",
    );
    expect(asked('machines', 'host')).not.toThrow();
    expect(asking('linux', 'machines', 'host')).toThrow(
      'host: the machine of a row is known only with --on',
    );
  });
});

describe('a name of what a platform does not report', () => {
  const told: Readonly<Record<'darwin' | 'win32', readonly Fact[]>> = {
    darwin: ['queues', 'datagramPeers', 'tcpInfo'],
    win32: ['boundSockets', 'creationTimes', 'workloads', 'executables'],
  };
  const sourceOf = (platform: PlatformName, facts: readonly Fact[]) =>
    sourceOfReaders({ platform, protocols: ['tcp'], facts }, {});
  const onEach = async (
    names: readonly string[],
    refuse: (name: string) => Promise<void> | void,
  ) => {
    const refused: string[] = [];
    for (const name of names) {
      try {
        await refuse(name);
      } catch (error) {
        expect((error as Error).message).toMatch(/^\S+: (?:macOS|Windows) does not|^host: /);
        expect((error as Error).message.split(':', 1)).toEqual([name]);
        refused.push(name);
      }
    }
    return refused.join(' ');
  };

  async function refusedOn(platform: 'darwin' | 'win32') {
    const source = sourceOf(platform, told[platform]);
    const sorted = await onEach(sortKeyNames('sockets'), (name) =>
      requireNamedFacts(source, listingWith({ sort: [`-${name}`] })),
    );
    const shown = await onEach(columnKeys('sockets'), (name) =>
      requireNamedFacts(source, listingWith({ columns: [name] })),
    );
    const compared = await onEach(fieldWords, (name) =>
      requireFilteredFacts(source, { netns: 'own' }, factsOf(name)),
    );
    return { sorted, shown, compared };
  }

  it('is refused by that name on macOS', async () => {
    expect(await refusedOn('darwin')).toMatchInlineSnapshot(`
      {
        "compared": "user inode timer expires retransmits probes fd command executable started euser parents deleted rtt rttvar minrtt rto cwnd ssthresh mss pmtu unacked lost retransmitting retrans duplicates acked sentagain notsent delivery pacing busy rwndlimited sndbuflimited lastsent lastreceived congestion tcpoptions acceptq acceptlimit drops rmem rmemlimit wmem wmemlimit forwardmem queuedmem optionmem backlogmem mark fwmark cookie device dev created age peerworkload workload workloadkind unit container pod image cgroup noworkload exposure exposurereason netns host",
        "shown": "acceptq acceptlimit drops rmem rmemlimit wmem wmemlimit forwardmem queuedmem optionmem backlogmem mark cookie device peerworkload workload workloadkind unit container pod image cgroup noworkload exposure exposurereason netns host",
        "sorted": "user inode timer expires retransmits probes fd executable started euser parents deleted rtt rttvar minrtt rto cwnd ssthresh mss pmtu unacked lost retransmitting retrans duplicates acked sentagain notsent delivery pacing busy rwndlimited sndbuflimited lastsent lastreceived congestion tcpoptions acceptq acceptlimit drops rmem rmemlimit wmem wmemlimit forwardmem queuedmem optionmem backlogmem mark cookie device created age peerworkload workload workloadkind unit container pod image cgroup noworkload exposure exposurereason netns host",
      }
    `);
  });

  it('is refused by that name on Windows', async () => {
    expect(await refusedOn('win32')).toMatchInlineSnapshot(`
      {
        "compared": "recvq sendq user inode timer expires retransmits probes fd command started euser parents deleted rtt rttvar minrtt rto cwnd ssthresh mss pmtu unacked lost retransmitting retrans duplicates sent acked received sentagain notsent delivery pacing busy rwndlimited sndbuflimited lastsent lastreceived congestion tcpoptions sentrate recvrate acceptq acceptlimit drops rmem rmemlimit wmem wmemlimit forwardmem queuedmem optionmem backlogmem mark fwmark cookie device dev exposure exposurereason netns host",
        "shown": "rtt rttvar minrtt rto cwnd ssthresh mss pmtu unacked lost retransmitting retrans duplicates sent acked received sentagain notsent delivery pacing busy rwndlimited sndbuflimited lastsent lastreceived congestion tcpoptions sentrate recvrate acceptq acceptlimit drops rmem rmemlimit wmem wmemlimit forwardmem queuedmem optionmem backlogmem mark cookie device exposure exposurereason netns host",
        "sorted": "recvq sendq user inode timer expires retransmits probes fd command started euser parents deleted rtt rttvar minrtt rto cwnd ssthresh mss pmtu unacked lost retransmitting retrans duplicates sent acked received sentagain notsent delivery pacing busy rwndlimited sndbuflimited lastsent lastreceived congestion tcpoptions sentrate recvrate acceptq acceptlimit drops rmem rmemlimit wmem wmemlimit forwardmem queuedmem optionmem backlogmem mark cookie device exposure exposurereason netns host",
      }
    `);
  });

  it('is left to the warning where files of Linux lack it', async () => {
    const source = sourceOf('linux', ['socketInfo']);
    await requireNamedFacts(source, listingWith({ sort: ['rtt'], columns: ['src', 'cwnd'] }));
    requireFilteredFacts(source, { netns: 'own' }, factsOf('sent'));
    await expect(requireNamedFacts(source, listingWith({ sort: ['age'] }))).rejects.toThrow(
      'age: Linux does not provide creation times of sockets',
    );
  });
});
