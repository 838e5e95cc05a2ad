import { describe, expect, it } from 'vitest';
import { linuxSource } from '../../../src/sources/linux/index.ts';
import { answer, socketQuery, warningSink } from '../../support/source-answers.ts';
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

  it('parses to its expected.json', async () => {
    const source = linuxSource({ platform: 'linux', env: {}, procRoot });
    const sink = warningSink();
    const owners = { depth: 'all', details: true } as const;
    const query = socketQuery({ protocols: source.protocols, owners });
    const sockets = await answer(source, query, sink);
    const expected = expectedOf(name);
    expect(sockets).toEqual(expected.sockets);
    expect(
      sink.warnings.map(({ code, source }) => ({
        code,
        source: source?.slice(procRoot.length).replace(/^\//, ''),
      })),
    ).toEqual(expected.warnings);
  });
});
