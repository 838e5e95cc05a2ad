import { expect, test } from 'vitest';
import { asNumbers } from '../../support/as-numbers.ts';
import { answer, socketQuery, warningSink } from '../../support/source-answers.ts';
import { captured, captures, load } from './captures.ts';

test.each(captures)('%s parses to what it must', async (name) => {
  const source = captured(name);
  const families = ['inet', 'inet6'] as const;
  const sink = warningSink();
  const query = socketQuery({ protocols: source.protocols });
  expect({
    sockets: await answer(source, query, sink),
    routes: await answer(source, { report: 'routes', families }, sink),
    interfaces: asNumbers(await answer(source, { report: 'interfaces', families }, sink)),
    warnings: sink.warnings,
  }).toEqual(load(`${name}/expected.json`));
});
