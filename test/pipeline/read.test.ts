import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import type { Query } from '../../src/model/query.ts';
import { interfaceNames, type ReadOptions, readRows } from '../../src/pipeline/read.ts';
import { readingOf } from '../../src/sources/reading.ts';
import type { Source, SourceQuery } from '../../src/sources/source.ts';
import { inet, netInterface, owner } from '../support/builders.ts';
import { type Asked, listingWith } from '../support/listing.ts';

/** A source that remembers what it was asked, and gives these batches whatever that was. */
function asking(batches: readonly (readonly unknown[])[], failure?: Error) {
  const asked: SourceQuery[] = [];
  const source: Source = {
    platform: 'linux',
    protocols: ['tcp', 'udp', 'unix'],
    facts: ['tcpInfo'],
    reports: ['sockets', 'interfaces', 'statistics'],
    read(query) {
      asked.push(query as unknown as SourceQuery);
      return readingOf(async function* () {
        for (const batch of batches) yield batch as never;
        if (failure !== undefined) throw failure;
      });
    },
  };
  return { source, asked };
}

const queryOf = (asked: Partial<Asked>): Query => listingWith(asked).query;
const plainly: ReadOptions = {
  selection: {
    which: 'all',
    isPlain: true,
    usesOwners: false,
    usesTcpInfo: false,
    beforeOwners: () => true,
    afterOwners: () => true,
  },
  needs: { owners: 'none', ownerDetails: false, tcpInfo: false },
  keepsAll: false,
};
const silent = { warn: () => undefined };

async function all<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const batch of batches) got.push(batch);
  return got;
}

const mine = inet('192.0.2.1:22', '0.0.0.0', { owners: [owner(1, 'a')] });
const theirs = inet('192.0.2.1:80', '0.0.0.0', { owners: [owner(2, 'b')] });

describe('a reading of sockets', () => {
  it.each<[string, Partial<Asked>, Partial<ReadOptions>, Partial<SourceQuery<'sockets'>>]>([
    ['owners only where they are needed', {}, {}, { owners: null, distinct: false }],
    [
      'owners as deep as they are needed, and each row once then',
      {},
      { needs: { ...plainly.needs, owners: 'first' } },
      { owners: { depth: 'first', details: false }, distinct: true },
    ],
    [
      'what the kernel knows',
      {},
      { needs: { ...plainly.needs, tcpInfo: true } },
      { tcpInfo: true },
    ],
    ['each row once where all are kept', {}, { keepsAll: true }, { distinct: true }],
    [
      'listeners only where no others are wanted',
      {},
      { selection: { ...plainly.selection, which: 'listening' } },
      { listeningOnly: true },
    ],
    [
      'the protocols that the platform has, of those that nobody named',
      { protocols: ['tcp', 'raw'] },
      {},
      { protocols: ['tcp'], required: false },
    ],
  ])('asks for %s', (_, asked, options, expected) => {
    const { source, asked: queries } = asking([]);
    readRows(source, queryOf(asked), { ...plainly, ...options }, silent);
    expect(queries).toMatchObject([expected]);
  });

  it('has the rows whose owners are chosen, and no batch of none', async () => {
    const { source } = asking([[theirs], [mine, theirs]]);
    const selection = {
      ...plainly.selection,
      usesOwners: true,
      afterOwners: (socket: typeof mine | { readonly owners: unknown }) => socket === mine,
    };
    const options = { ...plainly, selection };
    expect(await all(readRows(source, queryOf({}), options, silent).batches)).toEqual([[mine]]);
  });

  it('is refused where a protocol was named that the platform lacks', () => {
    const query = queryOf({ protocols: ['raw'], protocolsNamed: true });
    expect(() => readRows(asking([]).source, query, plainly, silent)).toThrow(
      'raw: linux has no source for these sockets; it has tcp, udp, unix',
    );
  });
});

it('a report that the platform has not is refused', () => {
  expect(() => readRows(asking([]).source, queryOf({ report: 'groups' }), plainly, silent)).toThrow(
    'groups: linux has no source for this report',
  );
});

describe('the interfaces that there are', () => {
  it('go by name and by number', async () => {
    const faces = [netInterface('lo', { index: 1 }), netInterface('eth0', { index: null })];
    expect(await interfaceNames(asking([faces]).source)).toEqual(new Set(['lo', '1', 'eth0']));
  });

  it.each<[string, Source]>([
    ['the platform lists none', { ...asking([]).source, reports: ['sockets'] }],
    ['it says that there is none', asking([]).source],
    ['they cannot be read', asking([], new NetstatError('unreadable', 'dev: no')).source],
  ])('are not known where %s', async (_, source) => {
    expect(await interfaceNames(source)).toBeNull();
  });

  it('are no excuse for a fault of ours', async () => {
    await expect(interfaceNames(asking([], new TypeError('x')).source)).rejects.toThrow(TypeError);
  });
});
