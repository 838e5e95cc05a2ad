import { expect } from 'vitest';
import { readCredentials } from '../../../src/serving/credentials.ts';
import { namesNoDomain } from '../../../src/serving/host-header.ts';
import { formatFor, takesGzip } from '../../../src/serving/negotiate.ts';
import { textTarget } from '../target.ts';

const { admit } = readCredentials('basic user:password\nbearer token\n', 'file');
/** Everything that is admitted: any number of blanks may separate the words. */
const admitted = /^\s*(?:bearer +token|basic +dXNlcjpwYXNzd29yZA={0,2})\s*$/i;

/** Headers of a client's request. */
export const servingTargets = [
  textTarget({
    name: 'accept',
    covers: ['formatFor'],
    seeds: [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      'text/*;q=0.4, application/*;q=0.5;x="a,b\\""',
    ],
    alphabet: 'text',
    read: formatFor,
    check: (text, format) => {
      expect(['prometheus', 'openmetrics']).toContain(format);
      // OpenMetrics is only for clients whose header covers its type.
      if (format === 'openmetrics') expect(text).toMatch(/application\/|\*\/\*/i);
    },
  }),
  textTarget({
    name: 'accept-encoding',
    covers: ['takesGzip'],
    seeds: ['deflate, gzip;q=0.5, br, *;q=0', 'identity;q=0.4, x-gzip;q=1.000'],
    alphabet: 'text',
    read: takesGzip,
    check: (text, isTaken) => {
      if (isTaken) expect(text).toMatch(/gzip|\*/i);
    },
  }),
  textTarget({
    name: 'authorization',
    covers: ['admit'],
    seeds: ['Basic dXNlcjpwYXNzd29yZA==', 'Bearer token'],
    alphabet: 'text',
    read: admit,
    check: (text, isAdmitted) => {
      if (isAdmitted) expect(text).toMatch(admitted);
    },
  }),
  textTarget({
    name: 'host-header',
    covers: ['namesNoDomain'],
    seeds: ['127.0.0.1:9917', '[::1]:9917', 'localhost:9917', 'evil.example:9917'],
    alphabet: 'text',
    read: namesNoDomain,
    check: (text, isNoDomain) => {
      if (isNoDomain)
        expect(text.trim()).toMatch(
          /^(?:localhost\.?|[\d.]+|\[[\da-f:.]+(?:%[^\]]*)?\])(?::\d*)?$/i,
        );
    },
  }),
];
