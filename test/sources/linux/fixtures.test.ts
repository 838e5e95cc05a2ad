import { describe, expect, it } from 'vitest';
import { linuxBackend } from '../../../src/sources/linux/index.ts';
import { collect, notebook } from '../../support/backend-answers.ts';
import { expectedOf, fixturePath, fixtures } from './support/fixtures.ts';

it('has a fixture for every kind of machine', () => {
  expect(fixtures).toEqual([
    'big-endian',
    'broken-lines',
    'busy-server',
    'denied-processes',
    'every-state',
    'no-ipv6',
    'odd-names',
    'old-kernel',
    'quiet-laptop',
    'sctp',
    'shared-sockets',
    'wsl1-empty',
  ]);
});

describe.each(fixtures)('%s', (name) => {
  const procRoot = fixturePath(name);

  it('parses to what its expected.json says', async () => {
    const backend = linuxBackend({ platform: 'linux', env: {}, procRoot });
    const notes = notebook();
    const query = { protocols: backend.protocols, families: ['inet', 'inet6'] } as const;
    const sockets = await collect(backend.sockets(query, notes));
    const held = await backend.withOwners(sockets, { depth: 'all', details: true }, notes);
    const expected = expectedOf(name);
    expect(held).toEqual(expected.sockets);
    expect(
      notes.warnings.map(({ code, source }) => ({
        code,
        source: source?.slice(procRoot.length).replace(/^\//, ''),
      })),
    ).toEqual(expected.warnings);
  });
});
