import { describe, expect, it } from 'vitest';
import { describeCounter } from '../../../../../src/sources/linux/statistics/counters/index.ts';

describe('what can decrease, or is a setting, is no count', () => {
  it.each([
    ...['Ip Forwarding', 'Ip DefaultTTL', 'Tcp RtoAlgorithm', 'Tcp RtoMin', 'Tcp RtoMax'],
    ...['Tcp MaxConn', 'Tcp CurrEstab', 'MPTcpExt MPCurrEstab', 'Sctp CurrEstab'],
  ])('%s', (counter) => {
    const [group = '', name = ''] = counter.split(' ');
    expect(describeCounter(group, name)).toEqual({ kind: 'gauge', meaning: expect.any(String) });
    expect(describeCounter('Other', name).kind).toBe('count');
  });

  it.each(['Ip InReceives', 'Tcp InSegs', 'Udp InDatagrams', 'TcpExt ListenDrops'])(
    'but %s',
    (one) => {
      const [group = '', name = ''] = one.split(' ');
      expect(describeCounter(group, name)).toEqual({ kind: 'count', meaning: expect.any(String) });
    },
  );
});

describe('messages of ICMP are named by their types', () => {
  it.each([
    ['IcmpMsg', 'InType8', 'messages received of type 8: echo request'],
    ['IcmpMsg', 'OutType3', 'messages sent of type 3: destination unreachable'],
    ['Icmp6', 'OutType128', 'messages sent of type 128: echo request'],
    ['Icmp6', 'InType1', 'messages received of type 1: destination unreachable'],
    ['IcmpMsg', 'InType255', 'messages received of type 255: not assigned'],
    ['IcmpMsg', 'InType', null],
    ['IcmpMsg', 'InTypes8', null],
    ['IcmpMsg', 'XInType8', null],
    ['IcmpMsg', 'InType8x', null],
    ['Icmp', 'InType8', null],
    ['Tcp', 'InType8', null],
    ['constructor', 'InType8', null],
    ['Tcp', 'constructor', null],
  ])('%s %s: %s', (group, name, meaning) => {
    expect(describeCounter(group, name).meaning).toBe(meaning);
  });
});
