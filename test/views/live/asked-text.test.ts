import { expect, test } from 'vitest';
import type { Listing } from '../../../src/model/request/listing.ts';
import { allNumeric as numeric } from '../../../src/model/request/view.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { whichTest } from '../../../src/select/which.ts';
import { conditionOf, headText, rowCommand } from '../../../src/views/live/asked-text.ts';
import { inet, unixSocket } from '../../support/builders.ts';

interface Asked {
  readonly query?: Partial<Listing['query']>;
  readonly filters?: Partial<Listing['query']['filters']>;
  readonly view?: Partial<Listing['view']>;
  readonly target?: Partial<Listing['target']>;
}

function listing({ query, filters, view, target }: Asked): Listing {
  const { query: usual } = defaultListing;
  return {
    ...defaultListing,
    query: { ...usual, ...query, filters: { ...usual.filters, ...filters } },
    view: { ...defaultListing.view, numeric, ...view },
    target: { ...defaultListing.target, ...target },
  };
}

const hosts = (...names: string[]) => ({ machines: { names } as never });

test.each<[Asked, string]>([
  [{}, 'all protocols'],
  [{ view: { numeric: { hosts: false, ports: false, users: false } } }, 'all protocols  names'],
  [{ query: { which: 'listening' } }, 'all protocols  -l'],
  [{ query: { protocols: ['tcp', 'udp'], protocolsNamed: true, which: 'all' } }, '-tua'],
  [{ query: { families: ['inet'] } }, 'all protocols  -4'],
  [{ query: { families: ['inet6'], protocols: ['tcp'], protocolsNamed: true } }, '-t6'],
  [{ query: { boundInactive: true } }, 'all protocols  --bound-inactive'],
  [
    { filters: { exposed: true, port: ['443', '80'], program: ['a\x1bb'] } },
    'all protocols  --exposed  --port 443  --port 80  --program a\\x1bb',
  ],
  [{ filters: { expression: ['sport', '=', ':443'] } }, 'all protocols  sport = :443'],
  [{ query: { sort: ['-recvq', 'pid'] } }, 'all protocols  sort -recvq,pid'],
  [{ target: { netns: 'all' } }, 'all protocols  all netns'],
  [{ target: { netns: { name: 'web' } } }, 'all protocols  netns web'],
  [{ target: { procRoot: '/mnt/proc' } }, 'all protocols  in /mnt/proc'],
  [{ target: hosts('a', 'b', 'c') }, 'all protocols  on a,b,c'],
  [{ target: hosts('a', 'b', 'c', 'd', 'e') }, 'all protocols  on a,b,c and 2 more'],
])('a listing in words: %j', (asked, expected) => {
  expect(headText(listing(asked))).toBe(expected);
});

const web = inet('192.0.2.1:443', '198.51.100.1:7');

test.each<[Socket, string | null]>([
  [web, 'src = 192.0.2.1:443 and dst = 198.51.100.1:7'],
  [inet('[::]:80', '[::]:0'), 'src = [::]:80'],
  [inet('192.0.2.1:0', '192.0.2.9:0', { protocol: 'raw' }), 'src = 192.0.2.1'],
  [
    { ...web, local: { address: 'fe80::1', zone: 'eth0', port: 22 } },
    'src = [fe80::1%eth0]:22 and dst = 198.51.100.1:7',
  ],
  // A part of an address chooses others.
  [{ ...web, local: { ...web.local, cut: true } }, null],
  [{ ...web, remote: { ...web.remote, cut: true } }, null],
  [unixSocket({ inode: 12 }), 'inode = 12'],
  [unixSocket({ inode: null }), null],
])('%# one socket is chosen by an expression', (socket, expected) => {
  expect(conditionOf(socket)).toBe(expected);
});

test.each<[Socket, Asked, string]>([
  [{ ...web, host: 'web1' }, {}, '--on web1 '],
  [web, { target: { procRoot: '/mnt/a b' } }, "--proc-root '/mnt/a b' "],
  [web, { target: { netns: { name: 'web' } } }, '--netns web '],
  [web, { view: { workloads: true } }, '--workloads '],
])('%# a command line has what shows the row', (socket, asked, flags) => {
  expect(rowCommand(socket, listing(asked))).toBe(
    `tsnetstat -tanp ${flags}'src = 192.0.2.1:443 and dst = 198.51.100.1:7'`,
  );
});

test.each<[Socket, string]>([
  [inet('127.0.0.1:80', '0.0.0.0:0'), '-tlnp'],
  [inet('127.0.0.1:80', '127.0.0.1:7'), '-tanp'],
  [inet('127.0.0.1:80', '0.0.0.0:0', { state: 'BOUND' }), '-tanp'],
  [inet('127.0.0.1:53', '0.0.0.0:0', { protocol: 'udp' }), '-ulnp'],
  [inet('127.0.0.1:53', '127.0.0.1:7', { protocol: 'udp' }), '-uanp'],
  [unixSocket({ inode: 12, state: 'LISTENING' }), '-xanp'],
])('%# a command line leaves out the connections of a server', (socket, flags) => {
  expect(rowCommand(socket, listing({}))?.split(' ')[1]).toBe(flags);
  expect(
    whichTest(flags.includes('l') ? 'listening' : 'all', { boundInactive: true })(socket),
  ).toBe(true);
});
