import { describe, expect, it } from 'vitest';
import { answer } from '../../src/commands/completion.ts';
import { NetstatError } from '../../src/errors.ts';
import type { Shell } from '../../src/options/completion/shells.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { spellings } from '../../src/options/flags.ts';
import { debugging } from '../../src/process/debug.ts';
import type { SocketQuery } from '../../src/sources/source.ts';
import { container, inet, netInterface, owner, unit } from '../support/builders.ts';
import { fakeHost } from '../support/fake-host.ts';
import { type FakeReading, fakeSource, linuxFacts, watchedSource } from '../support/fake-source.ts';

const shared = inet('192.0.2.1:443', '0.0.0.0', {
  owners: [owner(701, 'nginx: master'), owner(70, 'nginx')],
});
const client = inet('192.0.2.1:40000', '192.0.2.2:5432', {
  uid: 3_999_999_999,
  owners: [owner(9, 'psql,x')],
});
const nobody = inet('192.0.2.1:80', '192.0.2.2:5432', { owners: [], noOwner: 'denied' });
const machine: FakeReading = {
  batches: [
    [shared, client],
    [nobody, shared],
  ],
  interfaces: [netInterface('lo'), netInterface('eth0')],
};

async function ask(
  shell: Shell,
  line: string,
  reading: FakeReading = machine,
  argv: readonly string[] = [],
) {
  const { host, written } = fakeHost({ env: { TSNETSTAT_LINE: line } });
  const queries: SocketQuery[] = [];
  const targets: (string | null)[] = [];
  const networks: unknown[] = [];
  const text = await answer(shell, argv, host, async ({ procRoot, netns }) => {
    targets.push(procRoot);
    networks.push(netns);
    const source = watchedSource((query) => queries.push(query), reading);
    return { ...source, facts: [...source.facts, 'workloads', 'netns'] };
  });
  return { lines: text.split('\n').slice(0, -1), written, queries, targets, networks };
}

describe('what is offered', () => {
  it.each<[string, string, readonly string[]]>([
    ['ports, each once, in order', 'tsnetstat --port ', ['80', '443', '40000']],
    [
      'processes and their programs',
      'tsnetstat --pid ',
      ['9\tpsql,x', '70\tnginx', '701\tnginx: master'],
    ],
    ['programs, which are no list', 'tsnetstat --program ps', ['psql,x']],
    ['behind sudo', 'sudo -u x /usr/bin/tsnetstat --port 8', ['80']],
    ["an expression's ports at the other end", 'tsnetstat -tan dport = ', ['5432']],
    [
      "an expression's programs, in quotes where it needs them",
      'tsnetstat program = ',
      ['"nginx: master"', 'nginx', '"psql,x"'],
    ],
    ['sort keys the other way round', 'tsnetstat --sort -lpo', ['-lport']],
    ['columns of a report', 'tsnetstat -rn --columns gate', ['gateway']],
    ['states as netstat prints them', 'tsnetstat --state LAST', ['LAST_ACK']],
    ['the same in an expression', 'tsnetstat state FIN', ['FIN_WAIT1', 'FIN_WAIT2']],
    ['checks, and what stands for all', 'tsnetstat --diagnose al', ['all-checks']],
    [
      'what can be set of a check and is not set yet',
      'tsnetstat --diagnose CLOSE_wait:count=3:',
      ['many=1000\tconnections of one process for critical'],
    ],
    ['nothing that can be set of no check', 'tsnetstat --diagnose closewait:', []],
    ['users by their names, else by their numbers', 'tsnetstat user = ', ['root\t0', '3999999999']],
    ['interfaces', 'tsnetstat -i ', ['eth0', 'lo']],
    ["interfaces for an expression's device", 'tsnetstat -tan dev = ', ['eth0', 'lo']],
    ['words of a fixed set', 'tsnetstat -tan type = s', ['seqpacket', 'stream']],
    ['yes and no', 'tsnetstat -tan deleted = ', ['yes', 'no']],
    ['interfaces, none twice', 'tsnetstat -I lo ', ['eth0']],
    ['nothing if there is nothing to offer', 'tsnetstat --interval ', []],
    ['no expression where there are no sockets', 'tsnetstat -rn ', []],
    ['nothing where a flag may be several', 'tsnetstat --num --port ', []],
    ['nothing without a line', '', []],
  ])('%s', async (_, line, offered) => {
    const { lines } = await ask('zsh', line);
    if (line === '') expect(lines).not.toContain('80');
    else expect([...lines].sort()).toEqual([...offered].sort());
  });

  it('the workloads that ports are published for', async () => {
    const workloads = [container('web'), container('db')];
    const exposure = { kind: 'published', published: [], reason: null, workloads } as const;
    const { host } = fakeHost({ env: { TSNETSTAT_LINE: 'tsnetstat -tln publishedfor = ' } });
    const reading = { batches: [[inet('0.0.0.0:80', '0.0.0.0', { exposure })]] };
    const source = { ...fakeSource(reading), facts: [...linuxFacts, 'exposure'] as const };
    const offered = await answer('zsh', [], host, async () => source);
    expect(offered.split('\n').slice(0, -1)).toEqual(['docker:db', 'docker:web']);
  });

  it.each<[string, readonly string[]]>([
    ['--workload ', ['docker:web', 'nginx.service', 'session-3.scope']],
    ['--workload doc', ['docker:web']],
    ['--workload docker:', ['docker:web']],
    ['--workload container:', ['container:web']],
    ['--workload unit:', ['unit:nginx.service', 'unit:session-3.scope']],
    ['--workload scope:s', ['scope:session-3.scope']],
    ['--workload pod:', []],
    ['workload = unit:n', ['unit:nginx.service']],
    ['unit = unit:', []],
  ])('workloads after a kind where one is typed: %s', async (line, expected) => {
    const web = { ...unit('web', 'container'), runtime: 'docker', id: 'ab12'.repeat(16) } as const;
    const workloads = [unit('nginx.service'), unit('session-3.scope', 'scope'), web];
    const batches = [workloads.map((workload) => ({ ...shared, workload, workloads: [workload] }))];
    expect((await ask('zsh', `tsnetstat ${line}`, { batches })).lines).toEqual(expected);
  });

  it('network namespaces only beside a flag without which the expression is refused', async () => {
    const netns = { name: 'web', inode: 4_026_534_250, own: false };
    const reading = { batches: [[{ ...shared, netns }]] };
    const linesOf = async (line: string, argv: readonly string[] = []) =>
      (await ask('zsh', `tsnetstat ${line}`, reading, argv)).lines;
    expect(await linesOf('-tan netns = ')).toEqual([]);
    expect(await linesOf('-tan --all-netns netns = ')).toEqual(['web']);
    expect(await linesOf('--netns web netns = ')).toEqual(['web']);
    expect(await linesOf('-tan netns = ', ['--all-netns'])).toEqual(['web']);
    expect(await linesOf('--netns ')).toEqual(['web']);
  });

  it('comes in the order of numbers, and texts after them in that of the alphabet', async () => {
    expect((await ask('bash', 'tsnetstat --port ')).lines).toEqual(['80', '443', '40000']);
    const owners = ['worker', '10', 'agent', '9'].map((name, at) => owner(at + 1, name));
    const reading = { batches: [owners.map((one) => ({ ...shared, owners: [one] }))] };
    const { lines } = await ask('bash', 'tsnetstat --program ', reading);
    expect(lines).toEqual(['9', '10', 'agent', 'worker']);
  });

  it('is asked of the place that the line names', async () => {
    const { targets } = await ask('bash', 'tsnetstat --proc-root /captured --port ');
    expect(targets).toEqual(['/captured']);
  });

  it.each([
    ['tsnetstat --port ', '/host/proc'],
    ['tsnetstat --proc-root=/captured --port ', '/captured'],
  ])(
    'is asked of the place that a wrapper names, unless the line does: %s',
    async (line, place) => {
      const argv = ['--proc-root', '/host/proc', '--completion', 'bash'];
      expect((await ask('bash', line, machine, argv)).targets).toEqual([place]);
    },
  );

  it.each<[string, unknown]>([
    ['tsnetstat --netns w2t --port ', { name: 'w2t' }],
    ['tsnetstat --netns=w2t -i ', { name: 'w2t' }],
    ['tsnetstat --netns w2t -tan dev = ', { name: 'w2t' }],
    ['tsnetstat --all-netns -tl --port ', 'all'],
    ['tsnetstat --all-netns -tl sport = ', 'all'],
    // Its names are those of all networks, whichever is asked about.
    ['tsnetstat --netns w2t -tan netns = ', 'all'],
    ['tsnetstat --netns ', 'all'],
    ['tsnetstat --port ', undefined],
  ])('is what the network namespaces have that are asked about: %s', async (line, expected) => {
    const { networks } = await ask('bash', line);
    expect(networks).toEqual([expected ?? 'own']);
  });

  it('looks for no owners where ports are asked for', async () => {
    const { queries } = await ask('bash', 'tsnetstat --port ');
    expect(queries.map(({ protocols }) => protocols)).toEqual([['tcp', 'udp']]);
  });

  it('reads nothing for what is no fact of this machine', async () => {
    const { queries, lines } = await ask('powershell', 'tsnetstat --sta');
    expect(queries).toEqual([]);
    expect(lines.map((line) => line.split('\t')[0])).toEqual(['--statistics', '--state']);
  });

  it('has every flag for PowerShell, which knows none by itself', async () => {
    const { lines } = await ask('powershell', 'tsnetstat -');
    const flags = allFlags.filter(({ refusal }) => refusal === undefined);
    expect(lines.map((line) => line.split('\t')[0])).toEqual(flags.flatMap(spellings));
  });

  it.each<[string, FakeReading]>([
    ['cannot be read', { failure: new NetstatError('unreadable', 'no /proc') }],
    ['meets a fault', { failure: new Error('a fault') }],
    ['has warnings', { warnings: [{ code: 'owners-denied', message: 'denied', source: null }] }],
  ])('is silence where the machine %s', async (_, reading) => {
    const { lines, written } = await ask('fish', 'tsnetstat --port ', reading);
    expect([lines, written]).toEqual([[], { stdout: '', stderr: '' }]);
  });

  it('lets --debug show what its silence is about', async () => {
    const debug = debugging(() => 0);
    const { host } = fakeHost({ env: { TSNETSTAT_LINE: 'tsnetstat --port ' }, debug });
    const failure = new TypeError('a fault');
    const text = await answer('fish', [], host, async () => fakeSource({ failure }));
    expect(text).toBe('');
    expect(debug.report()).toContain('caused by TypeError: a fault\n');
  });
});
