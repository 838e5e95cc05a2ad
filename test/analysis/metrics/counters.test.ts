import { describe, expect, it, test } from 'vitest';
import { collector } from '../../../src/analysis/metrics/collector.ts';
import { collectCounters, snake } from '../../../src/analysis/metrics/counters.ts';
import { collectInterfaces } from '../../../src/analysis/metrics/interfaces.ts';
import { namespaceLabels } from '../../../src/analysis/metrics/namespaces.ts';
import type { Counter } from '../../../src/model/machine/counter.ts';
import { counter, netInterface, traffic } from '../../support/builders.ts';
import { collected } from './support.ts';

describe('the name of a counter', () => {
  it.each([
    ['RetransSegs', 'retrans_segs'],
    ['ListenOverflows', 'listen_overflows'],
    ['TCPSynRetrans', 'tcp_syn_retrans'],
    ['RcvbufErrors', 'rcvbuf_errors'],
    ['InType3', 'in_type3'],
    ['OutType13', 'out_type13'],
    ['TW', 'tw'],
    ['MPJoinSynAckHMacFailure', 'mp_join_syn_ack_hmac_failure'],
    ['In-Odd Name', 'in_odd_name'],
    ['_', ''],
  ])('%s is %s', (name, expected) => {
    expect(snake(name)).toBe(expected);
  });
});

describe('counters', () => {
  it('of names that somebody made up are safe to be shown', () => {
    const into = collector();
    const odd = counter('Ip\x1b[2J', `Forw\u202e\x07${'x'.repeat(100_000)}`, 1n, { meaning: null });
    collectCounters([odd], namespaceLabels(20), into);
    const [family] = into.families();
    expect(family?.help).toMatch(/^Not described yet \(Ip\\x1b\[2J Forw\\u202e\\x07x+\)\.$/);
    expect(family?.help.length).toBeLessThan(200);
  });

  const samplesOf = (counters: readonly Counter[], top = 20) =>
    collected((into) => collectCounters(counters, namespaceLabels(top), into));

  it('have every digit; what can fall has no _total, and times are seconds', () => {
    const counters = [
      counter('Tcp', 'InSegs', 18_446_744_073_709_551_615n),
      counter('Tcp', 'CurrEstab', 4n, { kind: 'gauge' }),
      counter('Tcp', 'RtoMin', 200n, { kind: 'gauge' }),
      counter('TcpExt', 'ListenDrops', 1n),
    ];
    expect(samplesOf(counters)).toEqual([
      'tcp_in_segs_total 18446744073709551615',
      'tcp_curr_estab 4',
      'tcp_rto_min_seconds 0.2',
      'tcp_ext_listen_drops_total 1',
    ]);
  });

  it('of one name are reported once', () => {
    const counters = [counter('Tcp', 'InSegs', 1n), counter('Tcp', 'INSegs', 2n)];
    const names = samplesOf(counters).map((line) => line.split(' ')[0]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('of namespaces that have no label are not added up', () => {
    const at = (inode: number) => ({ inode, name: `n${inode}`, own: false });
    const counters = [1, 2].map((inode) => counter('Tcp', 'InSegs', 5n, { netns: at(inode) }));
    expect(samplesOf(counters, 1)).toEqual(['tcp_in_segs_total{netns="n1"} 5']);
  });
});

describe('interfaces', () => {
  const samplesOf = (faces: Parameters<typeof collectInterfaces>[0], top = 20) =>
    collected((into) => collectInterfaces(faces, { top, labels: namespaceLabels(top) }, into));

  test('have their counters, all digits; one that is not reported has no sample', () => {
    const received = traffic({ bytes: 9_007_199_254_740_993n, dropped: null });
    const lines = samplesOf([netInterface('eth0', { received })]);
    expect(lines).toContain('interface_receive_bytes_total{interface="eth0"} 9007199254740993');
    expect(lines.filter((line) => line.startsWith('interface_receive_dropped'))).toEqual([]);
    expect(lines).toContain('interfaces_left_out 0');
  });

  test('with the lowest indexes are reported; of the others only their number', () => {
    const faces = [3, 1, 2].map((index) =>
      netInterface(`v${index}`, { index, received: traffic({ bytes: 1n }) }),
    );
    const lines = samplesOf(faces, 2);
    const named = lines.filter((line) => line.startsWith('interface_receive_bytes'));
    expect(named.map((line) => /"(.*)"/.exec(line)?.[1])).toEqual(['v1', 'v2']);
    expect(lines).toContain('interfaces_left_out 1');
  });
});
