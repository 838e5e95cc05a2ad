import { describe, expect, it } from 'vitest';
import type { NetInterface } from '../../../src/model/machine/interface.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import type { Source } from '../../../src/sources/source.ts';
import { inet } from '../../support/builders.ts';
import { fakeSource, linuxFacts } from '../../support/fake-source.ts';
import {
  changed,
  changes,
  held,
  savedAnswers,
  sockets,
  ssh,
  web,
} from '../support/saved-answers.ts';

const { run } = savedAnswers();

const ownNetns = { inode: 1, name: null, own: true };
const blue = { inode: 2, name: 'blue', own: false };
const numbered = { inode: 3, name: null, own: false };

/** A server in each. */
const everywhere = [
  { ...ssh, netns: ownNetns },
  { ...web, netns: blue },
  { ...inet('0.0.0.0:81', '0.0.0.0', held(1, 'app')), netns: numbered },
];

/** A source of these sockets, which looks up the namespace asked for; null: it cannot. */
function ofNetns(asked: Netns | null, ...rows: readonly InetSocket[]): () => Source {
  const loopback = { name: 'lo', netns: asked } as unknown as NetInterface;
  const places = fakeSource({ interfaces: asked === null ? [] : [loopback] });
  const table = fakeSource(sockets(...rows));
  const read: Source['read'] = (query, sink) =>
    (query.report === 'interfaces' ? places : table).read(query, sink);
  return () => ({ ...places, facts: [...linuxFacts, 'netns'], read });
}

describe('the rows of the network namespaces asked for', () => {
  it.each<[line: string, gone: readonly number[]]>([
    ['--diff FILE', [22, 80, 81]],
    ['-tl --diff FILE', [22, 80, 81]],
    ['--netns own --diff FILE', [22]],
    ['--netns blue --diff FILE', [80]],
    ['--netns 3 --diff FILE', [81]],
    ['--netns /run/netns/blue --diff FILE', [80]],
    ['--netns 4711 --diff FILE', [80]],
    ['--netns 4712 --diff FILE', [81]],
    ['--netns red --diff FILE', []],
  ])('compares the rows of the namespaces asked for: %s', async (line, ports) => {
    await run('--all-netns -tl --save FILE', {}, {}, ofNetns(null, ...everywhere));
    const now: Readonly<Record<string, Netns>> = {
      '/run/netns/blue': { ...blue, inode: 7 },
      4711: blue,
      4712: numbered,
      red: { inode: 5, name: 'red', own: false },
    };
    const [, word = ''] = /--netns (\S+)/.exec(line) ?? [];
    const { stdout, stderr } = await run(line, {}, {}, ofNetns(now[word] ?? null));
    const gone = changes(stdout).map((text) => Number(/:(\d+) /.exec(text)?.[1]));
    expect(gone.sort()).toEqual(ports);
    expect(stderr).toBe('');
  });

  const leftOut = 'what only the file covers is left out';
  it.each<[line: string, now: Netns, changed: string[], warning: string]>([
    ['--netns 4711 --diff FILE', blue, [], ''],
    ['--netns /run/netns/blue --diff FILE', { ...blue, inode: 7 }, [], ''],
    ['--diff FILE', blue, [], ''],
    ['--netns own --diff FILE', ownNetns, ['+tcp'], leftOut],
    ['--netns 4712 --diff FILE', numbered, ['+tcp'], leftOut],
    ['--netns red --diff FILE', { inode: 5, name: 'red', own: false }, ['+tcp'], leftOut],
  ])('with a file of one namespace, %s', async (line, now, expected, warning) => {
    await run('--netns blue -tl --save FILE', {}, {}, ofNetns(null, { ...web, netns: blue }));
    const answer = await run(line, {}, {}, ofNetns(now, { ...web, netns: now }));
    expect(changed(answer.stdout)).toEqual(expected);
    expect(answer.code).toBe(expected.length);
    expect(answer.stderr).toContain(warning);
    if (warning === '') expect(answer.stderr).toBe('');
  });

  it.each<[string, Netns | null]>([
    ['the namespace is not known', null],
    ['it is known by what the file lacks', { inode: null, name: 'red', own: false }],
  ])('compares nothing if a file does not tell the rows of a namespace: %s', async (_, now) => {
    await run('--all-netns -tl --save FILE', {}, {}, ofNetns(null, ...everywhere));
    expect(await run('--netns 4711 --diff FILE', {}, {}, ofNetns(now))).toMatchObject({
      ...{ code: 2, stdout: '' },
      error: '/a: it does not tell which rows are of the network namespace 4711',
    });
  });
});

describe('a namespace that is left out now, and was not then', () => {
  const of = (netns: Netns) => ({ ...ssh, netns });
  const own = of({ inode: 1, name: null, own: true });
  const numbered = of({ inode: 2, name: null, own: false });
  it.each<[string, InetSocket, string, number]>([
    ['hides nothing of the own one', own, 'late', 0],
    ['may hide nothing of it either', own, 'late (perhaps)', 0],
    ['hides what is of its name', of({ inode: 2, name: 'b', own: false }), 'b', 2],
    ['hides what is of its number', numbered, '2', 2],
    ['hides nothing of another number', numbered, '3', 0],
    ['hides nothing of another name', of({ inode: 2, name: 'b', own: false }), 'late', 0],
    ['may hide what has no name', numbered, 'late', 2],
    ['may hide what is perhaps of it', of({ inode: 2, name: 'b', own: false }), 'x (perhaps)', 2],
    ['may hide what has no number', of({ inode: null, name: null, own: false }), 'late', 2],
  ])('%s', async (_, row, subject, code) => {
    const message = `left out: ${subject}`;
    const before = { code: 'unreadable', source: '/run/netns', subjects: ['aa'], message } as const;
    const now = { ...before, subjects: ['aa', subject] };
    const everywhere = (line: string, warning: Warning) => {
      const source = fakeSource({ ...sockets(row), warnings: [warning] });
      return run(line, {}, {}, () => ({ ...source, facts: [...linuxFacts, 'netns'] }));
    };
    await everywhere('-tl --all-netns --save FILE', before);
    const answer = await everywhere('--diff FILE', now);
    expect(answer.code).toBe(code);
    expect(`${answer.stderr}${answer.error}`).toContain(message);
  });
});

describe('a namespace that was left out then, and is read now', () => {
  const blueNow = { ...web, netns: blue };
  it.each<[string, string, InetSocket[], number]>([
    ['would show as new', 'blue', [blueNow], 2],
    ['may show as new', 'x (perhaps)', [blueNow], 2],
    ['is not what shows as new', 'red', [blueNow], 1],
    ['is not the own one', 'blue', [{ ...web, netns: ownNetns }], 1],
    ['has nothing to show', 'blue', [], 0],
  ])('%s', async (_, subject, rows, code) => {
    const message = `left out: ${subject}`;
    const leftOut = { code: 'unreadable', source: '/run/netns', subjects: [subject], message };
    const everywhere = (line: string, warnings: readonly Warning[], more: InetSocket[]) => {
      const source = fakeSource({ ...sockets({ ...ssh, netns: ownNetns }, ...more), warnings });
      return run(line, {}, {}, () => ({ ...source, facts: [...linuxFacts, 'netns'] }));
    };
    await everywhere('-tl --all-netns --save FILE', [leftOut as Warning], []);
    const answer = await everywhere('--diff FILE', [], rows);
    expect(answer.code).toBe(code);
    if (code === 2) expect(answer.error).toMatch(/would show as new; save it again: left out: /);
  });
});
