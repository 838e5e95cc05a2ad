import { describe, expect, it } from 'vitest';
import { onMachines } from '../../src/commands/machines.ts';
import type { Host } from '../../src/host.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import type { Task } from '../../src/options/index.ts';
import type { PlatformHost } from '../../src/sources/source.ts';
import { fakeHost } from '../support/fake-host.ts';
import { fakeSource } from '../support/fake-source.ts';

type Listed = Extract<Task, { readonly listing: unknown }>;

/** Runs some work on machines; what was written, to both in their order. */
async function run(
  line: string,
  work: (task: Listed, host: Host, open: () => Promise<PlatformHost>) => Promise<number>,
  { isTerminal = true, ...changes }: { readonly isTerminal?: boolean } & Partial<Host> = {},
) {
  let written = '';
  const output = (terminal: boolean) => ({
    write(text: string | Uint8Array) {
      written += String(text);
    },
    isTerminal: terminal,
    columns: null,
  });
  const { host } = fakeHost({
    sleep: async () => {},
    stdout: output(false),
    stderr: output(isTerminal),
    ...changes,
  });
  const task = taskFrom(line.split(' ')) as Listed;
  const { machines } = task.listing.target;
  if (machines === null) throw new Error('no machines');
  let parts: PlatformHost | null = null;
  const sourceFor = async (one: PlatformHost) => {
    parts = one;
    return fakeSource();
  };
  const code = await onMachines(task, machines, host, sourceFor, (named, shown, sourceFor) =>
    work(named, shown, async () => {
      await sourceFor({ ...shown, procRoot: null });
      return parts as unknown as PlatformHost;
    }),
  );
  return { written, code };
}

describe('a command on other machines', () => {
  it('is given each name once, wherever it looks for them, and no names of users', async () => {
    await run('--on a,b -t --on a', async ({ listing }, host) => {
      expect(listing.target.machines?.names).toEqual(['a', 'b']);
      expect(listing.view.machineNames).toEqual(['a', 'b']);
      expect(host.usersElsewhere).toBe(true);
      return 0;
    });
  });

  it('does not begin with a name that is none', async () => {
    const work = async () => {
      throw new Error('it has begun');
    };
    await expect(run('--on a,-b -t', work)).rejects.toThrow('--on: -b: it begins with -');
  });

  it('shows on a terminal how many have answered, until there is something to print', async () => {
    const { written, code } = await run('--on a,b,c -t', async (_, host, open) => {
      const { onAnswer } = await open();
      onAnswer?.(1, 3);
      onAnswer?.(2, 3);
      host.stdout.write('rows\n');
      host.stderr.write('warning\n');
      onAnswer?.(3, 3);
      // Later rounds do without.
      onAnswer?.(1, 3);
      return 7;
    });
    const first = 'tsnetstat: 1 of 3 machines have answered …';
    const gone = `\r${' '.repeat(first.length)}\r`;
    expect(written).toBe(`${first}${gone}${first.replace('1 of', '2 of')}${gone}rows\nwarning\n`);
    expect(code).toBe(7);
  });

  it('takes the line away where it fails', async () => {
    let written = '';
    const stderr = {
      write: (text: string | Uint8Array) => {
        written += String(text);
      },
      isTerminal: true,
      columns: null,
    };
    const failing = run(
      '--on a,b -t',
      async (_, _host, open) => {
        (await open()).onAnswer?.(1, 2);
        throw new Error('it failed');
      },
      { stderr },
    );
    await expect(failing).rejects.toThrow('it failed');
    expect(written.endsWith('\r')).toBe(true);
  });

  it('takes the line away where a signal ends it, with what the terminal echoed', async () => {
    let signalled = () => {};
    const beforeSignal = (cleanUp: () => void) => {
      signalled = cleanUp;
      return () => {};
    };
    const { written } = await run(
      '--on a,b,c -t',
      async (_task, _host, open) => {
        const { onAnswer } = await open();
        onAnswer?.(1, 3);
        signalled();
        // Those that are stopped count as having answered.
        onAnswer?.(2, 3);
        return 0;
      },
      { beforeSignal },
    );
    const line = 'tsnetstat: 1 of 3 machines have answered …';
    expect(written).toBe(`${line}\r${' '.repeat(line.length + 2)}\r`);
  });

  it.each([
    ['no terminal', '--on a,b -t', false],
    ['--follow, which prints events', '--on a,b -t --follow', true],
    ['--live, which has the screen', '--on a,b -t --live', true],
  ])('shows nothing of the kind with %s', async (_, line, isTerminal) => {
    const { written } = await run(
      line,
      async (_task, _host, open) => {
        (await open()).onAnswer?.(1, 2);
        return 0;
      },
      { isTerminal },
    );
    expect(written).toBe('');
  });

  it.each(['-t --follow', '-t --live', '--serve', '-t -c'])(
    'ends what is under way where a signal ends it, with %s too',
    async (line) => {
      const cleanUps: (() => void)[] = [];
      const ended: (boolean | undefined)[] = [];
      await run(
        `--on a ${line}`,
        async (_task, _host, open) => {
          const { signal } = await open();
          ended.push(signal?.aborted);
          for (const cleanUp of cleanUps) cleanUp();
          ended.push(signal?.aborted);
          return 0;
        },
        {
          beforeSignal(cleanUp) {
            cleanUps.push(cleanUp);
            return () => {};
          },
        },
      );
      expect(ended).toEqual([false, true]);
    },
  );

  it('ends what is under way where a signal ends it, and at its own end', async () => {
    const cleanUps = new Set<() => void>();
    const beforeSignal = (cleanUp: () => void) => {
      cleanUps.add(cleanUp);
      return () => cleanUps.delete(cleanUp);
    };
    const signals: AbortSignal[] = [];
    const work = async (_: unknown, _host: Host, open: () => Promise<PlatformHost>) => {
      const { signal } = await open();
      if (signal === undefined) throw new Error('no signal');
      signals.push(signal);
      expect(signal.aborted).toBe(false);
      for (const cleanUp of cleanUps) cleanUp();
      return 0;
    };
    await run('--on a -t', work, { beforeSignal });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(cleanUps.size).toBe(0);
    const later = await run(
      '--on a -t',
      async (_task, _host, open) => {
        signals.push((await open()).signal as AbortSignal);
        return 0;
      },
      { beforeSignal },
    );
    expect(later.code).toBe(0);
    expect(signals.at(-1)?.aborted).toBe(true);
  });
});
