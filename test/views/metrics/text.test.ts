import { describe, expect, it } from 'vitest';
import type { MetricFamily } from '../../../src/model/report/metric.ts';
import { metricsText } from '../../../src/views/metrics/text.ts';

const families: readonly MetricFamily[] = [
  {
    name: 'a_queue_bytes',
    help: 'A "quoted" \\ text\nof two lines.',
    unit: 'bytes',
    type: 'gauge',
    samples: [
      { labels: { program: 'a"b\\c\nd', port: '' }, value: 1.5 },
      { labels: {}, value: 3e-7 },
    ],
  },
  {
    name: 'a_segs',
    help: 'Segments.',
    unit: null,
    type: 'counter',
    samples: [{ labels: {}, value: 18_446_744_073_709_551_615n }],
  },
  {
    name: 'a_rtt_seconds',
    help: 'Times.',
    unit: 'seconds',
    type: 'histogram',
    samples: [
      {
        labels: { port: '443' },
        buckets: [
          { bound: 0, count: 0 },
          { bound: 0.005, count: 1 },
          { bound: 1, count: 2 },
        ],
        count: 3,
        sum: 2.25,
      },
    ],
  },
  {
    name: 'a_build',
    help: 'The version.',
    unit: null,
    type: 'info',
    samples: [{ labels: { version: '1.0' }, value: 1 }],
  },
];

const text = (format: 'prometheus' | 'openmetrics') => [...metricsText(families, format)].join('');

describe('families as text', () => {
  it('are in the classic format', () => {
    expect(text('prometheus')).toBe(
      [
        '# HELP a_queue_bytes A "quoted" \\\\ text\\nof two lines.',
        '# TYPE a_queue_bytes gauge',
        'a_queue_bytes{program="a\\"b\\\\c\\nd",port=""} 1.5',
        'a_queue_bytes 3e-7',
        '# HELP a_segs_total Segments.',
        '# TYPE a_segs_total counter',
        'a_segs_total 18446744073709551615',
        '# HELP a_rtt_seconds Times.',
        '# TYPE a_rtt_seconds histogram',
        'a_rtt_seconds_bucket{port="443",le="0.0"} 0',
        'a_rtt_seconds_bucket{port="443",le="0.005"} 1',
        'a_rtt_seconds_bucket{port="443",le="1.0"} 2',
        'a_rtt_seconds_bucket{port="443",le="+Inf"} 3',
        'a_rtt_seconds_sum{port="443"} 2.25',
        'a_rtt_seconds_count{port="443"} 3',
        '# HELP a_build_info The version.',
        '# TYPE a_build_info gauge',
        'a_build_info{version="1.0"} 1',
        '',
      ].join('\n'),
    );
  });

  it('are in OpenMetrics, where what a histogram counts may fall', () => {
    expect(text('openmetrics')).toBe(
      [
        '# HELP a_queue_bytes A \\"quoted\\" \\\\ text\\nof two lines.',
        '# TYPE a_queue_bytes gauge',
        '# UNIT a_queue_bytes bytes',
        'a_queue_bytes{program="a\\"b\\\\c\\nd",port=""} 1.5',
        'a_queue_bytes 3e-7',
        '# HELP a_segs Segments.',
        '# TYPE a_segs counter',
        'a_segs_total 18446744073709551615',
        '# HELP a_rtt_seconds Times.',
        '# TYPE a_rtt_seconds gaugehistogram',
        '# UNIT a_rtt_seconds seconds',
        'a_rtt_seconds_bucket{port="443",le="0.0"} 0',
        'a_rtt_seconds_bucket{port="443",le="0.005"} 1',
        'a_rtt_seconds_bucket{port="443",le="1.0"} 2',
        'a_rtt_seconds_bucket{port="443",le="+Inf"} 3',
        'a_rtt_seconds_gsum{port="443"} 2.25',
        'a_rtt_seconds_gcount{port="443"} 3',
        '# HELP a_build The version.',
        '# TYPE a_build info',
        'a_build_info{version="1.0"} 1',
        '# EOF',
        '',
      ].join('\n'),
    );
  });

  it('end as OpenMetrics has to, where there are none', () => {
    expect([...metricsText([], 'openmetrics')].join('')).toBe('# EOF\n');
    expect([...metricsText([], 'prometheus')].join('')).toBe('');
  });
});
