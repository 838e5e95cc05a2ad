import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { failureWarning } from '../../src/sources/failed-machines.ts';

describe('the warning for a machine that did not answer', () => {
  it.each([
    ['which its error names', 'web1: refused', 'web1: refused'],
    ['which its error does not name', 'users are not reported', 'web1: users are not reported'],
  ])('names the machine %s once', (_, summary, message) => {
    const error = new NetstatError('unreadable', summary);
    expect(failureWarning({ host: 'web1', error })).toEqual({
      ...{ code: 'host-failed', message, source: 'web1', host: 'web1' },
    });
  });
});
