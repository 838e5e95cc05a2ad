import { afterEach, expect, it, vi } from 'vitest';
import { namingHost } from '../../src/resolve/naming-host.ts';

afterEach(() => {
  vi.doUnmock('node:dns');
});

it('the addresses of a name keep the order in which the system returns them', async () => {
  const found = ['2001:db8::1', '192.0.2.1'].map((address) => ({ address }));
  // Without `verbatim` Node moves IPv4 to the front.
  const lookup = async (_name: string, asked: { all?: boolean; verbatim?: boolean }) => {
    const inOrder = asked.verbatim ? found : found.toReversed();
    return asked.all ? inOrder : inOrder[0];
  };
  vi.doMock('node:dns', () => ({ promises: { lookup } }));
  const host = namingHost({ platform: 'linux', env: {} });
  expect(await host.lookUp('db.example')).toEqual(['2001:db8::1', '192.0.2.1']);
});
