import { expect, test } from 'vitest';
import { collector } from '../../../src/analysis/metrics/collector.ts';
import { definitions } from '../../../src/analysis/metrics/definitions.ts';
import { samplesOf } from './support.ts';

test('labels of a place are on everything that is collected there, and nowhere else', () => {
  const into = collector();
  const there = into.labelled({ host: 'a' }).labelled({ netns: 'web' });
  for (const one of [into, there]) {
    one.add(definitions.serviceConnections, { protocol: 'tcp', port: '80' }, 7);
    one.spread(definitions.retransmitted, {
      labels: { port: '80' },
      buckets: [],
      count: 2,
      sum: 1,
    });
  }
  expect(samplesOf(into.families()).filter((line) => !line.includes('le='))).toEqual([
    'service_connections{protocol="tcp",port="80"} 7',
    'service_connections{protocol="tcp",port="80",host="a",netns="web"} 7',
    ...['port="80"', 'port="80",host="a",netns="web"'].flatMap((labels) => [
      `connection_retransmitted_ratio_sum{${labels}} 1`,
      `connection_retransmitted_ratio_count{${labels}} 2`,
    ]),
  ]);
});
