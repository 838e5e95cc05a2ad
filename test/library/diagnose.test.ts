import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checks } from '../../src/analysis/checks/index.ts';
import { diagnose } from '../../src/library.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { documentErrors } from '../views/text/support/schema.ts';

const reason = reasonToSkip({ platforms: ['linux'] });
const procRoot = fileURLToPath(new URL('../../fixtures/linux/every-state', import.meta.url));

describe.skipIf(reason !== null)(`diagnose()${because(reason)}`, () => {
  it('returns the document of --diagnose --json, and each check that could not run', async () => {
    const answer = await diagnose({ procRoot });
    expect(documentErrors(JSON.parse(JSON.stringify(answer)))).toEqual([]);
    const all = [...answer.checks, ...answer.notRun].map(({ check }) => check);
    // What is about one service is left out where nobody asks about one.
    const asked = checks.filter(({ about }) => about !== 'service');
    expect(new Set(all)).toEqual(new Set(asked.map(({ name }) => name)));
    expect(answer.service).toBeUndefined();
  });

  it('has the summary of the service that its filters ask about', async () => {
    const only = { procRoot, checks: ['no-listener'] };
    const answer = await diagnose({ ...only, port: 1 });
    expect(documentErrors(JSON.parse(JSON.stringify(answer)))).toEqual([]);
    expect(answer.service).toMatchObject({ asked: { by: 'port', value: '1' }, status: 'absent' });
    expect(answer.findings.map(({ title }) => title)).toEqual(['no listener at port 1']);
    const { notRun } = await diagnose(only);
    expect(notRun).toEqual([
      { check: 'no-listener', reason: expect.stringMatching(/with port, program or remote$/) },
    ]);
  });

  it('runs the checks that are named, with what is set', async () => {
    const answer = await diagnose({ checks: ['open-files:full=99'], ignore: ['close-wait'] });
    expect(answer.checks).toEqual([{ check: 'open-files', thresholds: { full: 99, last: 98 } }]);
  });

  it('does not compare a captured moment with itself', async () => {
    const { notRun } = await diagnose({ procRoot, checks: ['close-wait'] });
    expect(notRun[0]?.reason).toMatch(/a captured \/proc has only one/);
  });

  it('ends when it is aborted, while it waits for the second reading too', async () => {
    const ending = new AbortController();
    const answer = diagnose({ checks: ['close-wait'], signal: ending.signal });
    setTimeout(() => ending.abort(new Error('enough')), 100);
    await expect(answer).rejects.toThrow('enough');
  });

  it.each([
    [{ checks: ['close-wiat'] }, /^checks close-wiat: no such check \(did you mean close-wait\?\)/],
    [
      { checks: ['close-wait:size=1'] },
      /"size=1": expected NAME=NUMBER, not below 0, as in close-wait:count=20:many=1000/,
    ],
    [{ checks: ['close-wait:count=x'] }, /"count=x": expected NAME=NUMBER, not below 0/],
    [{ ignore: ['nothing-such'] }, /^ignore nothing-such: no such check/],
    [{ severity: 'bad' as never }, /severity: expected one of critical, warning, note/],
    [{ checks: 'close-wait' as never }, /checks: expected a list of checks/],
    [{ checks: 1n as never }, /checks: expected a list of checks .*, found bigint/],
    [{ checks: [] }, /checks: expected a list of checks that is not empty, found \[\]/],
    [{ ignore: 1 as never }, /ignore: expected a list of checks, found 1/],
    [{ port: 80, earlier: {} as never }, /earlier: expected an answer of snapshot\(\)/],
    [
      { severty: 'note' } as never,
      /^severty: not an option \(did you mean severity\?\); there are .*checks, ignore, severity/,
    ],
    [{ owners: true } as never, /^owners: not an option/],
  ])('refuses %o', async (options, message) => {
    await expect(diagnose({ procRoot, ...(options as object) })).rejects.toThrow(message);
  });

  it.each<[string, unknown]>([
    ['options', null],
    ['options', []],
    ['ignore', { ignore: ['nothing-such'] }],
  ])('names what a mistake is about: %s', async (path, options) => {
    await expect(diagnose(options as never)).rejects.toMatchObject({ code: 'usage', path });
  });
});
