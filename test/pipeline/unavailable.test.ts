import { describe, expect, it } from 'vitest';
import { columnKeys } from '../../src/attributes/index.ts';
import type { Fact } from '../../src/model/report/facts.ts';
import type { PlatformName } from '../../src/model/report/snapshot.ts';
import type { NetnsAsked } from '../../src/model/request/listing.ts';
import { requireFilteredFacts, requireNamedFacts } from '../../src/pipeline/unavailable.ts';
import { factsOf, fieldWords } from '../../src/select/fields.ts';
import { sortKeyNames } from '../../src/select/sort.ts';
import { darwinSource } from '../../src/sources/darwin/index.ts';
import { sourceOfReaders } from '../../src/sources/readers.ts';
import type { Source } from '../../src/sources/source.ts';
import { windowsSource } from '../../src/sources/win32/index.ts';
import { host, machine } from '../sources/darwin/helpers.ts';
import { fakeWindows } from '../sources/win32/fake-windows.ts';
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
  const sources = {
    macOS: darwinSource(host, machine('26.3').run),
    Windows: windowsSource(fakeWindows().api),
  };

  type System = keyof typeof sources;
  type Use = 'shown' | 'sorted' | 'compared';

  /** What refuses each use of a name. */
  const uses: Readonly<Record<Use, (source: Source, name: string) => Promise<void>>> = {
    shown: (source, name) => requireNamedFacts(source, listingWith({ columns: [name] })),
    sorted: (source, name) => requireNamedFacts(source, listingWith({ sort: [`-${name}`] })),
    compared: async (source, name) => requireFilteredFacts(source, { netns: 'own' }, factsOf(name)),
  };
  const names = {
    shown: columnKeys('sockets'),
    sorted: sortKeyNames('sockets'),
    compared: fieldWords,
  };

  /** Whether a use of a name is refused, by that name and in words of that system. */
  async function isRefused(system: System, use: Use, name: string) {
    const refusal = await uses[use](sources[system], name).then(
      () => null,
      (error: Error) => error.message,
    );
    if (refusal === null) return false;
    const rest = name === 'host' ? 'the machine of a row is known only' : `${system} does not`;
    expect(refusal.startsWith(`${name}: ${rest} `), refusal).toBe(true);
    return true;
  }

  it.each<[System, string, readonly Use[], string]>([
    ['macOS', 'user', ['sorted', 'compared'], 'shown empty'],
    ['macOS', 'command', ['compared'], 'known in part'],
    ['macOS', 'rtt', ['sorted', 'compared'], 'shown empty'],
    ['macOS', 'workload', ['shown', 'sorted', 'compared'], 'never known'],
    ['macOS', 'drops', ['shown', 'sorted', 'compared'], 'never known'],
    ['macOS', 'sent', [], 'known'],
    ['Windows', 'user', ['sorted', 'compared'], 'shown empty'],
    ['Windows', 'rtt', ['shown', 'sorted', 'compared'], 'never known'],
    ['Windows', 'sentrate', ['shown', 'sorted', 'compared'], 'made of the unknown'],
    ['Windows', 'age', [], 'known'],
    ['Windows', 'workload', [], 'known'],
    ['Windows', 'host', ['shown', 'sorted', 'compared'], 'known with --on'],
  ])('on %s %s is refused if it is one of %j: %s', async (system, name, refused) => {
    for (const use of Object.keys(uses) as Use[]) {
      expect(await isRefused(system, use, name), use).toBe(refused.includes(use));
    }
  });

  describe.each(['macOS', 'Windows'] as const)('on %s', (system) => {
    it.each([
      ['shown', 'sorted'],
      ['sorted', 'compared'],
    ] as const)('what is refused if it is %s is so if it is %s', async (use, stricter) => {
      const both = names[use].filter((name) => names[stricter].includes(name));
      expect(both).toContain('program');
      for (const name of both) {
        if (!(await isRefused(system, use, name))) continue;
        expect(await isRefused(system, stricter, name), name).toBe(true);
      }
    });
  });

  it('is left to the warning where files of Linux lack it', async () => {
    const source = sourceOfReaders(
      { platform: 'linux', protocols: ['tcp'], facts: ['socketInfo'] },
      {},
    );
    await requireNamedFacts(source, listingWith({ sort: ['rtt'], columns: ['src', 'cwnd'] }));
    requireFilteredFacts(source, { netns: 'own' }, factsOf('sent'));
    await expect(requireNamedFacts(source, listingWith({ sort: ['age'] }))).rejects.toThrow(
      'age: Linux does not provide creation times of sockets',
    );
  });
});
