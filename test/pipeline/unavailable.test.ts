import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/model/report/facts.ts';
import type { PlatformName } from '../../src/model/report/snapshot.ts';
import type { NetnsAsked } from '../../src/model/request/listing.ts';
import { requireFilteredFacts } from '../../src/pipeline/unavailable.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import { fakeMachines } from '../support/fake-machines.ts';

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
