import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { saveAsked } from '../../../src/commands/live/save.ts';
import { NetstatError } from '../../../src/errors.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import { inet, owner } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { type FakeReading, fakeSource } from '../../support/fake-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { documentErrors } from '../../views/text/support/schema.ts';

const here = process.cwd();
let folder = '';
beforeEach(() => {
  folder = temporaryFolder('tsnetstat-live-save-');
  process.chdir(folder);
});
afterEach(() => process.chdir(here));

const server = inet('0.0.0.0:22', '0.0.0.0', { owners: [owner(512, 'sshd')] });
const client = inet('192.0.2.1:22', '198.51.100.7:40000');

/** Saves what the screen of a command line shows. */
async function saved(argv: readonly string[], reading: FakeReading, isPaused = false) {
  const { host, written } = fakeHost();
  const task = taskFrom(['--live', ...argv]);
  if (task.kind !== 'live') throw new Error(task.kind);
  const message = await saveAsked(task.listing, host, async () => fakeSource(reading), isPaused);
  return { message, written, names: readdirSync(folder) };
}

it.each([
  [false, 'saved in'],
  [true, 'read anew, and saved in'],
])(
  'writes the whole answer, as --save does, and says where; paused: %s',
  async (isPaused, said) => {
    const warning = { code: 'malformed', message: 'a line of T', source: 'T' } as const;
    const reading = { batches: [[server, client]], warnings: [warning] };
    const argv = ['-tl', '--columns', 'src'];
    const { message, written, names } = await saved(argv, reading, isPaused);
    expect(names).toEqual([expect.stringMatching(/^tsnetstat-\d{4}-\d\d-\d\dT[\d-]{12}\.json$/)]);
    expect(message).toEqual({ text: `${said} ${names[0]}`, isError: false });
    // The screen is there: nothing else may be written to the terminal.
    expect(written).toEqual({ stdout: '', stderr: '' });
    const file = JSON.parse(readFileSync(join(folder, names[0] as string), 'utf8'));
    expect(documentErrors(file)).toEqual([]);
    expect(file).toMatchObject({ sockets: [server], warnings: [warning] });
    expect(file.asked).toMatchObject({ protocols: ['tcp'], which: 'listening' });
  },
);

it.each<[string, () => FakeReading, string]>([
  [
    'nothing can be read',
    () => ({ failure: new NetstatError('unreadable', 'T: gone') }),
    'T: gone',
  ],
  [
    'the folder is gone',
    () => {
      rmSync(folder, { recursive: true });
      return {};
    },
    'there is no such folder',
  ],
])('says why nothing is saved where %s', async (_, reading, why) => {
  const { host } = fakeHost();
  const task = taskFrom(['--live', '-t']);
  if (task.kind !== 'live') throw new Error(task.kind);
  const source = fakeSource(reading());
  const message = await saveAsked(task.listing, host, async () => source, false);
  expect(message).toEqual({ text: expect.stringContaining(why), isError: true });
});
