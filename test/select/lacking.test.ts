import { describe, expect, it } from 'vitest';
import type { Need } from '../../src/model/request/needs.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { lackingAnyOf } from '../../src/select/lacking.ts';
import { inet, unix } from '../support/builders.ts';

const tcp = inet('127.0.0.1:80', '0.0.0.0', { owners: null });

describe('what was not read of a row', () => {
  it.each<[Need, Socket, Partial<Record<keyof Socket | 'tcpInfo' | 'memory', unknown>>]>([
    ['owners', tcp, { owners: [] }],
    ['peers', tcp, { peer: null }],
    ['workloads', tcp, { workload: null }],
    ['exposure', tcp, { exposure: null }],
    ['tcpInfo', tcp, { tcpInfo: null }],
    ['socketInfo', tcp, { memory: null }],
    ['unixQueues', unix('/run/x'), { recvQueue: null } as object],
  ])('%s: it was where it is null', (need, row, read) => {
    expect(lackingAnyOf([need])(row)).toBe(true);
    expect(lackingAnyOf(['devices', need])(row)).toBe(true);
    expect(lackingAnyOf([need])({ ...row, ...read } as Socket)).toBe(false);
  });

  it('is nothing of what its protocol does not have', () => {
    expect(lackingAnyOf(['tcpInfo', 'rates'])({ ...tcp, protocol: 'udp' })).toBe(false);
    expect(lackingAnyOf(['unixQueues'])(tcp)).toBe(false);
  });
});
