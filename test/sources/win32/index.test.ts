import { expect, test } from 'vitest';
import { list } from '../../../src/commands/list/list.ts';
import { serve } from '../../../src/commands/serve.ts';
import { NetstatError } from '../../../src/errors.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import { win32Source } from '../../../src/sources/win32/index.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { answer, socketQuery } from '../../support/source-answers.ts';
import { fakeWindows } from './fake-windows.ts';

const place = { platform: 'win32', env: {}, procRoot: null } as const;
const lacking = () =>
  win32Source(place, () => {
    throw new NetstatError('unsupported', 'no native part');
  });

test('the native part is loaded by the first reading, once', async () => {
  let loaded = 0;
  const source = await win32Source(place, () => {
    loaded++;
    return fakeWindows().api;
  });
  expect(loaded).toBe(0);
  await answer(source, socketQuery({ protocols: ['tcp'] }));
  await answer(source, socketQuery({ protocols: ['udp'] }));
  expect(loaded).toBe(1);
});

test('without the native part every reading fails, and that can be asked before', async () => {
  const source = await lacking();
  const reading = source.read(socketQuery({ protocols: ['tcp'] }), { warn: () => {} });
  await expect(reading.begun()).rejects.toThrow('no native part');
  for (const query of [
    socketQuery({ protocols: ['tcp'] }),
    { report: 'routes', families: ['inet'] } as const,
    { report: 'interfaces', families: ['inet'] } as const,
  ]) {
    await expect(answer(source, query)).rejects.toThrow('no native part');
  }
  expect(() => source.check?.()).toThrow('no native part');
});

test.each([
  ['-x', 'unix: tsnetstat does not list these sockets on Windows'],
  ['5', "expected a condition, found '5'"],
  ['--user root', '--user: Windows does not provide users of sockets'],
  ['-tan', 'no native part'],
])('%s: a mistake of the command line is told first', async (line, expected) => {
  const task = taskFrom(line.split(' '), 'win32');
  if (task.kind !== 'list') throw new Error(line);
  await expect(list(task.listing, fakeHost().host, lacking)).rejects.toThrow(expected);
});

test.each([
  ['--serve 0 --user root', '--user: Windows does not provide users of sockets'],
  ['--serve 0', 'no native part'],
])('%s does not start to serve what it cannot read', async (line, expected) => {
  const task = taskFrom(line.split(' '), 'win32');
  if (task.kind !== 'serve') throw new Error(line);
  const { host, written } = fakeHost();
  await expect(serve(task, host, lacking)).rejects.toThrow(expected);
  expect(written.stderr).not.toContain('serving');
});
