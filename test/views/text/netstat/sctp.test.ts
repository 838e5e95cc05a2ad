import { describe, expect, it } from 'vitest';
import type { InetSocket } from '../../../../src/model/socket/socket.ts';
import { inetRow } from '../../../../src/views/text/netstat/inet.ts';
import type { Asked } from '../../../support/listing.ts';
import { contextWith, someNames } from '../support/render.ts';
import { inetSockets } from '../support/rows.ts';

const association: InetSocket = {
  ...(inetSockets.find(({ protocol }) => protocol === 'sctp') as InetSocket),
  recvQueue: 64,
  sendQueue: 120,
  timer: null,
  owners: [],
};
const endpoint: InetSocket = {
  ...association,
  remote: { address: '0.0.0.0', port: 0, zone: null },
  remoteAlternates: [],
  state: 'LISTEN',
  recvQueue: null,
  sendQueue: null,
};

function lines(socket: InetSocket, asked: Partial<Asked> = {}): string[] {
  const text = inetRow(contextWith(asked, { names: someNames }))(socket);
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

describe('SCTP', () => {
  it('an association has a line for each further pair of addresses', () => {
    expect(lines(association)).toEqual([
      'sctp      64    120 10.0.0.1:36412          10.0.0.2:40000          ESTABLISHED',
      '                    10.0.1.1                10.0.1.2                           ',
      '                                            10.0.2.2                           ',
    ]);
  });

  it('an endpoint has no queues and no peer', () => {
    expect(lines(endpoint)).toEqual([
      'sctp                10.0.0.1:36412                                  LISTEN     ',
      '                    10.0.1.1:36412                                             ',
    ]);
  });

  it('cells that flags add are on the last line', () => {
    const [first, last] = lines(endpoint, { extend: 1, programs: true, timers: true });
    expect(first).toMatch(/LISTEN {5}$/);
    expect(last).toBe(
      `                    10.0.1.1:36412                                              0          24153      -                    `,
    );
  });

  it('ports are numbers even where names are wanted, hosts are not', () => {
    const socket = { ...endpoint, local: { address: '127.0.0.1', port: 22, zone: null } };
    const numeric = { hosts: false, ports: false, users: false };
    expect(lines(socket, { numeric })[0]).toContain(' localhost:22 ');
  });

  it('addresses are never cut', () => {
    const address = '2001:db8:1111:2222:3333:4444:5555:6666';
    const socket = { ...endpoint, local: { ...endpoint.local, address } };
    expect(lines(socket)[0]).toContain(`${address}:36412`);
  });
});
