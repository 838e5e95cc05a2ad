import { expect, it } from 'vitest';
import { defaultListing } from '../../../src/options/default-listing.ts';
import { readService } from '../../../src/pipeline/diagnosis/service.ts';
import { plainSelection } from '../../../src/select/index.ts';
import { inet, owner } from '../../support/builders.ts';
import { fakeSource } from '../../support/fake-source.ts';

it.each([
  ['nginx', 'nginx', true],
  ['nginx', 'nginx: master process', true],
  ['ngin*', 'nginx: master process', true],
  ['code', 'Code.exe', true],
  ['ngin', 'nginx', false],
])(
  'the earlier listeners of %s are found as a filter finds them: %s',
  async (value, program, isIt) => {
    const listener = inet('0.0.0.0:80', '0.0.0.0:0', { owners: [owner(7, program)] });
    const { earlier } = await readService(
      { by: 'program', value },
      {
        ...{ source: fakeSource({}), query: defaultListing.query, hasNetns: false },
        selection: plainSelection({ which: 'all', boundInactive: false }),
        earlier: { takenAt: '2026-01-01T00:00:00.000Z', sockets: [listener] },
      },
      { warn: () => {} },
    );
    expect(earlier?.listeners).toEqual(isIt ? [listener] : []);
  },
);
