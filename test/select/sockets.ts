import fc from 'fast-check';
import { inetProtocols } from '../../src/model/protocol.ts';
import type { FilterOptions, Query } from '../../src/model/request/query.ts';
import type { Owner } from '../../src/model/socket/owner.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { defaultListing } from '../../src/options/default-listing.ts';
import type { Lookups } from '../../src/select/lookups.ts';
import { inet, owner, unix } from '../support/builders.ts';
import { filtering } from '../support/listing.ts';
import { statesOf } from '../support/states-of.ts';

/** A query for every socket, with these filters. */
export function query(filters: Partial<FilterOptions> = {}, changes: Partial<Query> = {}): Query {
  return {
    ...defaultListing.query,
    protocols: ['tcp', 'udp'],
    protocolsNamed: true,
    which: 'all',
    ...filtering(filters),
    ...changes,
  };
}

const services: Readonly<Record<string, number>> = {
  'ssh/tcp': 22,
  'http/tcp': 80,
  'https/tcp': 443,
  'domain/tcp': 53,
  'domain/udp': 53,
  'http-alt/tcp': 8080,
  'shell/tcp': 514,
  'syslog/udp': 514,
  'twofold/tcp': 1000,
  'twofold/udp': 2000,
};

export const lookups: Lookups = {
  serviceNumber: (name, protocol) => services[`${name}/${protocol}`],
  userId: (name) => ({ root: 0, 'www-data': 33 })[name],
};

const address4 = fc.constantFrom('0.0.0.0', '127.0.0.1', '10.1.2.3', '10.200.0.1', '192.0.2.1');
const address6 = fc.constantFrom(
  '::',
  '::1',
  '2001:db8::1',
  'fe80::5',
  '::ffff:10.1.2.3',
  '::ffff:127.0.0.1',
);
const port = fc.constantFrom(0, 22, 53, 80, 443, 8080, 40000, 65535);
const owners: fc.Arbitrary<readonly Owner[]> = fc.array(
  fc
    .tuple(fc.constantFrom(1, 123, 4000), fc.constantFrom('nginx', 'nginx: worker', 'sshd', null))
    .map(([pid, program]) => owner(pid, program)),
  { maxLength: 3 },
);

/** Any socket, its owners known. */
export const anySocket: fc.Arbitrary<Socket> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        protocol: fc.constantFrom(...inetProtocols),
        addresses: fc.oneof(fc.tuple(address4, address4), fc.tuple(address6, address6)),
        ports: fc.tuple(port, port),
        state: fc.constantFrom(...statesOf('tcp'), 'UNCONN' as const, 'UNKNOWN(13)' as const, null),
        recvQueue: fc.constantFrom(0, 1, 1000, null),
        sendQueue: fc.constantFrom(0, 1, 1000, null),
        uid: fc.constantFrom(0, 33, null),
        inode: fc.constantFrom(17, 18, null),
        owners,
      })
      .map(({ addresses, ports, ...rest }): Socket => {
        const [local, remote] = addresses;
        return {
          ...inet('0.0.0.0', '0.0.0.0'),
          ...rest,
          family: local.includes(':') ? 'inet6' : 'inet',
          local: { address: local, port: ports[0], zone: null },
          remote: { address: remote, port: ports[1], zone: null },
          noOwner: rest.owners.length === 0 ? 'none' : null,
        };
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        path: fc.constantFrom(null, '/run/a.sock', '@abstract'),
        state: fc.constantFrom('LISTENING' as const, 'CONNECTED' as const, 'UNCONNECTED' as const),
        owners,
      })
      .map(({ path, ...rest }) => unix(path, rest)),
  },
);

/** The same socket before anyone looked for its owners. */
export function withoutOwners(socket: Socket): Socket {
  return { ...socket, owners: null, noOwner: null };
}
