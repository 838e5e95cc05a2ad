import { describe, expect, it } from 'vitest';
import { run } from '../../src/commands/run.ts';
import { fakeHost } from '../support/fake-host.ts';

async function program(...argv: string[]) {
  const { host, written } = fakeHost({ platform: 'plan9' });
  return { code: await run(argv, host), ...written };
}

describe('the program', () => {
  it.each([
    [['--help'], /^usage: tsnetstat/],
    [['--version'], /^tsnetstat 0\.0\.0\n$/],
    [['--explain', 'TIME_WAIT'], /TIME_WAIT/],
    [['--completion', 'bash'], /complete -F/],
  ])('answers %j by itself, on any platform', async (argv, text) => {
    const { code, stdout, stderr } = await program(...argv);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(text);
  });

  it('reports a mistake in one line and returns 2', async () => {
    const { code, stdout, stderr } = await program('-t', '--sort', 'a\u001b[2Jb', '--frmat', 'x');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tsnetstat: [^\p{Cc}]+\n$/u);
  });

  it('shows where an expression is wrong in the lines below', async () => {
    const { code, stderr } = await program('sport', '=', 'x y', 'and');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tsnetstat: .+\n(.+\n +\^\n)?$/);
  });

  it('lists the platforms', async () => {
    const { code, stderr } = await program('-t');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tsnetstat: plan9: unsupported platform/);
  });

  it('passes internal errors on: the process reports them', async () => {
    const { host } = fakeHost();
    const broken = {
      ...host,
      stdout: {
        ...host.stdout,
        write: () => {
          throw new Error('full');
        },
      },
    };
    await expect(run(['--help'], broken)).rejects.toThrow('full');
  });
});
