/** docs/differences.md says where each line of netstat's own -s is found: asked of the real netstat. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipReason } from './zoo.ts';

const page = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8');
/** netstat's words and our group and name, as the page has them. */
const told = [...page.matchAll(/^\| `([^`]*)` +\| `(\w+)` `(\w+)` +\|$/gm)].map(
  ([, words = '', group, name]) => ({ words, counter: `${group} ${name}` }),
);
// In the histograms of ICMP the same words stand twice.
const pairs = new Set(told.map(({ words, counter }) => `${words} = ${counter}`));

describe.skipIf(skipReason)(`netstat's words for counters ${skipReason ?? ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsnetstat-words-'));
  /** A number for each counter that this kernel has, as no other has. */
  const counters = new Map<string, string>();
  let lines: readonly string[] = [];

  beforeAll(() => {
    mkdirSync(join(folder, 'net'));
    let next = 100_001;
    for (const file of ['snmp', 'netstat']) {
      const text = readFileSync(`/proc/net/${file}`, 'utf8')
        .split('\n')
        .filter((line) => /^\w+: [A-Za-z]/.test(line))
        .map((line) => {
          const [group = '', ...names] = line.split(' ');
          const values = names.map((name) => {
            counters.set(String(next), `${group.slice(0, -1)} ${name}`);
            return next++;
          });
          return `${line}\n${group} ${values.join(' ')}\n`;
        });
      writeFileSync(join(folder, 'net', file), text.join(''));
    }
    const script = 'mount --bind "$0" /proc && exec /usr/bin/netstat -s';
    const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', script, folder], {
      encoding: 'utf8',
    });
    lines = stdout.split('\n').filter((line) => /\d{6}/.test(line));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are all in the table, or the counter has its name there', () => {
    expect(lines.length).toBeGreaterThan(100);
    const wrong = lines.filter((line) => {
      const [number = ''] = /\d{6}/.exec(line) ?? [];
      const counter = counters.get(number);
      const words = line.trim().replace(number, 'N');
      return !pairs.has(`${words} = ${counter}`) && words !== `${counter?.split(' ')[1]}: N`;
    });
    expect(wrong).toEqual([]);
  });

  it('lead to counters that -s shows by these names', async () => {
    const program = new URL('../../bin/tsnetstat.js', import.meta.url).pathname;
    const args = [program, '-sa', '--json', '--proc-root', folder];
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const { statistics } = JSON.parse(stdout) as { statistics: { group: string; name: string }[] };
    const ours = new Set(statistics.map(({ group, name }) => `${group} ${name}`));
    const here = new Set(counters.values());
    const known = told.map(({ counter }) => counter).filter((counter) => here.has(counter));
    expect(known.length).toBeGreaterThan(50);
    expect(known.filter((counter) => !ours.has(counter))).toEqual([]);
  });
});
