import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentErrors } from '../views/text/support/schema.ts';
import { client, savedAnswers, sockets, ssh, web } from './support/saved-answers.ts';

const { at, file, run } = savedAnswers();

describe('--save', () => {
  it('writes the answer, its owners and what was asked', async () => {
    expect(await run('-tl --port 22,80 --save FILE', sockets(ssh, web, client))).toEqual({
      ...{ stdout: '', stderr: '', code: 0, error: null },
    });
    const saved = file();
    expect(documentErrors(saved)).toEqual([]);
    expect(saved.sockets).toEqual([ssh, web]);
    expect(saved.asked).toEqual({
      host: expect.any(String),
      ...{ report: 'sockets', protocols: ['tcp'], families: ['inet', 'inet6'] },
      ...{ which: 'listening', boundInactive: false, interfaces: [], netns: 'own', extras: [] },
      filters: { port: ['22', '80'] },
    });
  });

  it('- is standard output', async () => {
    const { stdout, code } = await run('-tl --save -', sockets(ssh));
    expect(code).toBe(0);
    expect(documentErrors(JSON.parse(stdout))).toEqual([]);
    expect(readdirSync(at(''))).toEqual([]);
  });

  it('leaves nothing where reading fails in the middle', async () => {
    const failure = Object.assign(new Error('lost'), { name: 'NetstatError', summary: 'lost' });
    writeFileSync(at('a'), 'old');
    const { error } = await run('-tl --save FILE', { ...sockets(ssh), failure });
    expect(error).toBe('lost');
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(at(''))).toEqual(['a']);
  });

  it('is given up where a signal comes, and nothing is left', async () => {
    const counts: number[] = [];
    const count = () => counts.push(readdirSync(at('')).length);
    const beforeSignal = (cleanUp: () => void) => {
      // Signals are caught before there is a file.
      count();
      queueMicrotask(() => {
        count();
        cleanUp();
        count();
      });
      return () => {};
    };
    expect((await run('-tl --save FILE', sockets(ssh), { beforeSignal })).code).toBe(2);
    expect(counts).toEqual([0, 1, 0]);
    expect(readdirSync(at(''))).toEqual([]);
  });

  it('on Windows warns that permissions do not count there', async () => {
    const line = '-tl --save FILE --save-mode 0644';
    const { stderr } = await run(line, sockets(ssh), { platform: 'win32' });
    expect(stderr).toMatch(/^tsnetstat: --save-mode: Windows has no such permissions/);
  });
});
