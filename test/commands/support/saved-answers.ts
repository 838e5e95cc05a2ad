import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { compare } from '../../../src/commands/compare/compare.ts';
import { save } from '../../../src/commands/save.ts';
import { isNetstatError } from '../../../src/errors.ts';
import type { Host } from '../../../src/host.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import type { Source } from '../../../src/sources/source.ts';
import { inet, owner } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { type FakeReading, fakeSource } from '../../support/fake-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** What a row says of the one process that holds it. */
export const held = (pid: number, program: string) => {
  return { owners: [owner(pid, program)], noOwner: null };
};
export const ssh = inet('0.0.0.0:22', '0.0.0.0', held(512, 'sshd'));
export const web = inet('127.0.0.1:80', '0.0.0.0', held(700, 'nginx'));
export const dns = inet('0.0.0.0:53', '0.0.0.0', { ...held(400, 'named'), protocol: 'udp' });
export const client = inet('192.0.2.1:22', '198.51.100.7:40000', held(930, 'sshd'));

/** A reading of these sockets. */
export const sockets = (...rows: readonly Socket[]): FakeReading => ({ batches: [rows] });

/** The lines of a difference, behind those that say what was compared. */
export const changes = (stdout: string) => stdout.split('\n').slice(2, -1);

/** The same, each to its protocol: `+tcp`. */
export const changed = (stdout: string) => changes(stdout).map((line) => line.slice(0, 4));

/** Saves and compares answers, for the tests of a file: each has its own folder, in which `a` is the file. */
export function savedAnswers() {
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder('tsnetstat-saved-');
  });
  const at = (name: string) => join(folder, name);
  const file = (name = 'a') => JSON.parse(readFileSync(at(name), 'utf8'));
  const rewrite = (parts: object) => {
    writeFileSync(at('a'), JSON.stringify({ ...file(), ...parts }));
  };
  const shown = (text: string) => text.replaceAll(folder, '');
  return {
    /** The path of a file in the folder. */
    at,
    /** What is in a file. */
    file,
    /** Replaces parts of the file. */
    rewrite,
    /** Replaces parts of the question that the file records. */
    reask(parts: object) {
      rewrite({ asked: { ...file().asked, ...parts } });
    },
    /** Makes the file one of rows whose owners were not asked for. */
    forgetOwners() {
      rewrite({ sockets: file().sockets.map((row: object) => ({ ...row, owners: null })) });
    },
    /**
     * Runs a command line over these sockets: FILE is the file, and `_` a blank in a word. What is written and thrown
     * names files as if the folder were the root.
     */
    async run(
      line: string,
      reading: FakeReading,
      changes: Partial<Host> = {},
      source: () => Source = () => fakeSource(reading),
    ) {
      const { host, written } = fakeHost(changes);
      const argv = line
        .split(' ')
        .map((word) => word.replace(/^FILE/, at('a')).replaceAll('_', ' '));
      const answer = (code: number, error: string | null) => {
        return { stdout: shown(written.stdout), stderr: shown(written.stderr), code, error };
      };
      const sourceFor = async () => source();
      try {
        const task = taskFrom(argv);
        if (task.kind === 'save') {
          return answer(await save(task.listing, task.save, host, sourceFor), null);
        }
        if (task.kind !== 'compare') throw new Error(`${line}: ${task.kind}`);
        return answer(await compare(task.listing, task.comparison, host, sourceFor), null);
      } catch (error) {
        if (!isNetstatError(error)) throw error;
        return answer(2, shown(error.message));
      }
    },
  };
}
