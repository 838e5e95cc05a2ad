import { describe, expect, it } from 'vitest';
import type { OwnAddress } from '../../../src/model/machine/own-address.ts';
import { ownAddresses } from '../../../src/sources/linux/own-addresses.ts';
import { collect } from '../../support/source-answers.ts';
import { fakeProc, systemError } from './support/fake-proc.ts';

const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 10.9.0.0/24 2 0 2
        |-- 10.9.0.0
           /24 link UNICAST
        |-- 10.9.0.2
           /32 host LOCAL
        |-- 10.9.0.255
           /32 link BROADCAST
`;
const inet6 = 'fd000000000000000000000000000009 02 40 00 80       d0\n';

function addressesIn(files: Readonly<Record<string, string | Error>>): Promise<OwnAddress[]> {
  return collect(ownAddresses(fakeProc({ files })));
}

describe('the own addresses of a network', () => {
  it('are those of both families for which packets are taken', async () => {
    const files = { 'net/fib_trie': trie, 'net/if_inet6': inet6 };
    expect(await addressesIn(files)).toEqual([{ address: '10.9.0.2' }, { address: 'fd00::9' }]);
  });

  it.each([
    ['no file', {}, []],
    ['one file alone', { 'net/if_inet6': inet6 }, [{ address: 'fd00::9' }]],
    [
      'a file that may not be read',
      { 'net/fib_trie': systemError('EACCES'), 'net/if_inet6': inet6 },
      [{ address: 'fd00::9' }],
    ],
    ['an odd file', { 'net/if_inet6': 'fd00\n' }, []],
  ])('are not known with %s', async (_, files, expected) => {
    expect(await addressesIn(files as Record<string, string | Error>)).toEqual(expected);
  });
});
