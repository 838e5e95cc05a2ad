import { describe, expect, it } from 'vitest';
import { formatFor, takesGzip } from '../../src/serving/negotiate.ts';

/** What Prometheus sends, by version. */
const prometheus2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';
const classicFirst =
  'text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4';

describe('the format', () => {
  it.each([
    [undefined, 'prometheus'],
    ['', 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'prometheus'],
    [prometheus2, 'openmetrics'],
    [prometheus3, 'openmetrics'],
    [classicFirst, 'prometheus'],
    ['application/openmetrics-text', 'openmetrics'],
    ['APPLICATION/OpenMetrics-Text; Version="1.0.0"; Charset=UTF-8', 'openmetrics'],
    ['application/*', 'openmetrics'],
    // A form that is not offered.
    ['application/openmetrics-text; version=0.0.1', 'prometheus'],
    ['application/openmetrics-text; charset=latin1', 'prometheus'],
    ['application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily', 'prometheus'],
    // As good as each other: the classic one.
    ['application/openmetrics-text, text/plain', 'prometheus'],
    ['application/openmetrics-text, */*', 'prometheus'],
    ['application/openmetrics-text, */*;q=0.9', 'openmetrics'],
    // The most precise range decides.
    ['*/*, text/plain;q=0.2, application/openmetrics-text;q=0.3', 'openmetrics'],
    ['application/*;q=0.9, application/openmetrics-text;q=0, text/plain;q=0.1', 'prometheus'],
    ['text/plain;q=0, */*;q=0.1', 'openmetrics'],
    [
      'text/plain;version=0.0.4;q=0.1, text/plain;q=0.9, application/openmetrics-text;q=0.5',
      'openmetrics',
    ],
    ['text/*;q=0.4, application/*;q=0.5', 'openmetrics'],
    // What is no weight is none.
    ['application/openmetrics-text;q=2, text/plain;q=0.1', 'prometheus'],
    ['application/openmetrics-text;q=NaN, text/plain;q=0.1', 'prometheus'],
    ['application/openmetrics-text;q=-1, text/plain;q=0.1', 'prometheus'],
    // A comma and a semicolon within quotes part nothing.
    ['application/openmetrics-text;x="a,b;q=0\\"";q=0.5, text/plain;q=0.4', 'openmetrics'],
    [',,;;=,"', 'prometheus'],
    [`${'text/html,'.repeat(100_000)}application/openmetrics-text`, 'prometheus'],
  ] as const)('%.100s: %s', (accept, format) => {
    expect(formatFor(accept)).toBe(format);
  });
});

describe('gzip', () => {
  it.each([
    [undefined, false],
    ['', false],
    ['identity', false],
    ['gzip', true],
    ['GZIP', true],
    ['x-gzip', true],
    ['deflate, gzip;q=0.5, br', true],
    ['gzip;q=0', false],
    ['gzip;q=0.0', false],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['identity;q=0.5, gzip;q=0.4', false],
    ['identity;q=0.4, gzip;q=0.5', true],
    ['br', false],
  ] as const)('%s: %s', (accepted, isTaken) => {
    expect(takesGzip(accepted)).toBe(isTaken);
  });
});
