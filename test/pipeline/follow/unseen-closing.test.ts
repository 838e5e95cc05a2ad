import { describe, expect, it } from 'vitest';
import type { Closing } from '../../../src/model/report/socket-event.ts';
import { noNeeds } from '../../../src/model/request/needs.ts';
import { keepDevice } from '../../../src/model/socket/device.ts';
import { keepCookie } from '../../../src/model/socket/identity.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import type { TcpInfo } from '../../../src/model/socket/tcp-info.ts';
import { possibleForms, withAsked } from '../../../src/pipeline/follow/unseen-closing.ts';
import { inet, tcpInfo } from '../../support/builders.ts';

/** As the kernel tells of a socket that is destroyed. */
function closing(remote: string, info: TcpInfo | null, changes: Partial<InetSocket> = {}): Closing {
  const socket = inet('192.0.2.1:443', remote, { state: 'CLOSE', inode: null, ...changes });
  return { at: 1000, socket, tcpInfo: info } as Closing;
}

const client = '198.51.100.7:40000';

it.each<[string, Closing, readonly (string | null)[]]>([
  ['one that was measured was established', closing(client, tcpInfo()), ['CLOSE', 'ESTABLISHED']],
  ['one that was not may never have been', closing(client, tcpInfo({ rtt: null })), ['CLOSE']],
  ['nor one of which nothing is known', closing(client, null), ['CLOSE']],
  ['one without a remote end may have listened', closing('0.0.0.0:0', null), ['CLOSE', 'LISTEN']],
  [
    'UDP does not listen',
    closing('0.0.0.0:0', null, { protocol: 'udp', state: 'UNCONN' }),
    ['UNCONN'],
  ],
])('the states that a socket may have had: %s', (_, one, states) => {
  expect(possibleForms(one).map(({ state }) => state)).toEqual(states);
});

describe('what the kernel does not tell of a closed socket', () => {
  const of = (needs: Partial<typeof noNeeds>, change: (socket: InetSocket) => void = () => {}) => {
    const one = closing(client, tcpInfo({ rtt: 7 }));
    const before = new Set(Object.keys(one.socket));
    change(one.socket);
    const { socket } = withAsked(one, { ...noNeeds, ...needs });
    const added = Object.entries(socket).filter(([name]) => !before.has(name));
    return { socket, added: Object.fromEntries(added) };
  };

  it('is not there where it was not asked for', () => {
    expect(of({}).added).toEqual({});
    expect(of({}).socket.owners).toBeNull();
  });

  it('is that its owner is not known', () => {
    expect(of({ owners: 'all' }).socket).toMatchObject({ owners: [], noOwner: 'unknown' });
  });

  it.each<[string, Partial<typeof noNeeds>, object]>([
    ['its record is told', { tcpInfo: true }, { tcpInfo: { rtt: 7 } }],
    ['its rates', { rates: true }, { rates: null }],
    ['its other end', { peers: true }, { peer: null }],
    ['its workload', { workloads: true }, { workload: null, noWorkload: 'unknown' }],
    ['its exposure', { exposure: true }, { exposure: null }],
    [
      'its queues and memory',
      { socketInfo: true },
      { acceptQueue: null, drops: null, memory: null, mark: null, cookie: null, device: null },
    ],
  ])('%s', (_, needs, added) => {
    expect(of(needs).added).toMatchObject(added);
  });

  it('while its cookie and its interface are', () => {
    const { socket } = of({ socketInfo: true }, (one) => {
      keepCookie(one, 5n);
      keepDevice(one, { index: 3, name: 'eth1' });
    });
    expect(socket).toMatchObject({ cookie: 5n, device: 'eth1' });
  });
});
