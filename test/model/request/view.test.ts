import { expect, it } from 'vitest';
import { formats, isForPrograms } from '../../../src/model/request/view.ts';
import { textViewFor } from '../../../src/views/text/index.ts';

it('tells the formats for people from those for programs, as their views do', async () => {
  expect(formats.filter(isForPrograms)).toEqual(['json', 'ndjson', 'csv']);
  for (const format of formats) {
    expect((await textViewFor(format)).forPrograms).toBe(isForPrograms(format));
  }
});
