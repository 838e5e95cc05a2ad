import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SystemFact } from '../../../src/model/machine/system-facts.ts';
import type { ReceivedMachine } from '../../../src/sources/linux/proc/received-proc.ts';
import { receivedSource } from '../../../src/sources/linux/received-source.ts';
import { type Answer, answerTo } from '../../../src/sources/remote/answer.ts';
import { askOf, askOfFacts, askOfOwners } from '../../../src/sources/remote/asks.ts';
import { decodeFrames } from '../../../src/sources/remote/frames.ts';
import { type Ask, scriptFor } from '../../../src/sources/remote/script.ts';
import type { Source, SourceQuery } from '../../../src/sources/source.ts';
import { because, reasonToSkip } from '../../support/requirements.ts';
import { collect } from '../../support/source-answers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const skipReason = reasonToSkip({ platforms: ['linux'] });
const token = '0123456789abcdef0123456789abcdef';

/** How a shell is asked. */
interface Asking {
  readonly env?: NodeJS.ProcessEnv;
  /** Where its /proc is. */
  readonly proc?: string;
}

/** What a shell of this machine answers, with no ssh between. */
function answerBy(
  shell: readonly string[],
  ask: Ask,
  { env, proc = '/proc' }: Asking = {},
): Answer {
  const answer = answerTo(ask, 'here:/proc');
  const [program = '', ...args] = shell;
  const input = scriptFor({ ...ask, tsnetstat: null }, token, 1).replaceAll('/proc', proc);
  const options = { input, maxBuffer: 2 ** 30, env: { ...process.env, ...env } };
  const { stdout, stderr } = spawnSync(program, [...args, '-s'], options);
  expect(stderr.toString()).toBe('');
  decodeFrames(token, answer.sink, { total: 2 ** 30, before: 100 }).take(stdout);
  expect(answer.isWhole).toBe(true);
  return answer;
}

/** A source of an answer that writes down which files are looked for and were not asked for. */
function watched(answer: Answer, missed: Set<string>): Source {
  const machine = answer.machine();
  const files = new Map(machine.files);
  const get = files.get.bind(files);
  files.get = (path) => {
    if (!files.has(path)) missed.add(path.replace(/^\d+\//, 'PID/'));
    return get(path);
  };
  const received: ReceivedMachine = { ...machine, files };
  const host = { platform: 'linux', env: {}, procRoot: null };
  return receivedSource(received, host, {
    file: answer.other,
    hasFolder: answer.hasFolder,
    ip: answer.ip,
  });
}

const families = ['inet', 'inet6'] as const;
const all = { protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'], families } as const;
const keep = () => true;
const details = { depth: 'all', details: true } as const;

const questions: readonly (readonly [string, SourceQuery])[] = [
  ['sockets', { report: 'sockets', ...all, keep, owners: null }],
  ['owners', { report: 'sockets', ...all, keep, owners: { depth: 'first', details: false } }],
  [
    'everything',
    {
      report: 'sockets',
      ...all,
      keep,
      owners: details,
      workloads: true,
      exposure: true,
      tcpInfo: true,
      socketInfo: true,
      boundSockets: true,
    },
  ],
  [
    'IPv6 alone',
    { report: 'sockets', protocols: ['tcp'], families: ['inet6'], keep, owners: details },
  ],
  ['routes', { report: 'routes', families }],
  ['interfaces', { report: 'interfaces', families }],
  ['groups', { report: 'groups', families }],
  ['statistics', { report: 'statistics', families }],
];

const facts: readonly SystemFact[] = [
  ...(['localPortRange', 'reservedPorts', 'timeWaitLimit', 'orphanLimit'] as const),
  ...(['timeWaitReuse', 'tcpTimestamps'] as const),
  ...(['synBacklogLimit', 'acceptQueueLimit', 'synCookies', 'tcpMemoryLimits', 'tcpUse'] as const),
  ...(['conntrack', 'conntrackDrops', 'neighbours', 'neighbours6', 'nameservers'] as const),
  ...(['descriptors', 'silentNeighbours', 'isFirstNetwork', 'hasSystemd', 'oddProcesses'] as const),
  ...(['hasOtherDefaultRoute', 'nameserversOverTcp', 'stoppedProcesses'] as const),
];

describe.skipIf(skipReason)(`the script that a machine is given${because(skipReason)}`, () => {
  describe('has sent what is read for', () => {
    it.each(questions)('%s', async (_, query) => {
      const missed = new Set<string>();
      const source = watched(answerBy(['sh'], askOf(query)), missed);
      const reading = source.read(query, { warn() {} });
      for await (const rows of reading.batches) expect(rows.length).toBeGreaterThan(0);
      expect([...missed]).toEqual([]);
    });

    it.each(facts)('the fact %s', async (fact) => {
      const missed = new Set<string>();
      const source = watched(answerBy(['sh'], askOfFacts([fact])), missed);
      const [facts] = (await source.systemFacts?.([fact], { warn() {} })) ?? [];
      expect([...missed]).toEqual([]);
      // What is not known says why, as on this machine itself.
      expect(facts?.values[fact] ?? facts?.missing[fact]).toBeDefined();
    });

    it('the holders of sockets that were read before', async () => {
      const missed = new Set<string>();
      const query = { owners: details, workloads: true, exposure: true };
      const asked = questions[0]?.[1] as SourceQuery<'sockets'>;
      const first = watched(answerBy(['sh'], askOf(asked)), new Set());
      const rows = await collect(first.read(asked, { warn() {} }).batches);
      const source = watched(answerBy(['sh'], askOfOwners(query)), missed);
      await source.withOwners?.(rows, query, { warn() {} });
      expect([...missed]).toEqual([]);
    });
  });

  it('asks of a process that it may not name for nothing', () => {
    const ask = { ...askOf(questions[0]?.[1] as SourceQuery), files: ['net/tcp; reboot'] };
    expect(() => scriptFor(ask, token, 1)).toThrow('not for a shell: net/tcp; reboot');
  });

  it('adds to the arguments of a shell in no loop: each time, all of them are copied', () => {
    const everything = { ...askOfFacts(facts), interfaces: true, tsnetstat: ['--json'] };
    expect(scriptFor(everything, token, 1)).not.toMatch(/\bset -- "?\$[@*]/);
  });

  it('sends nothing but that there is no network where no /proc is mounted', () => {
    const proc = temporaryFolder('tsnetstat-no-proc-');
    const asks = questions.map(([, query]) => askOf(query));
    for (const ask of [...asks, askOfFacts(facts), askOfOwners({ owners: details })]) {
      const machine = answerBy(['sh'], ask, { proc }).machine();
      expect(machine).toMatchObject({ hasNet: false, files: new Map(), descriptors: new Map() });
    }
  });

  it('survives a start-up file that reads a line of standard input', () => {
    const shell = ['sh', '-c', 'read -r answer; exec sh -s'];
    expect(answerBy(shell, askOfFacts(['localPortRange'])).machine().hasNet).toBe(true);
  });

  it("survives exported variables with its own variables' names", () => {
    const env = { V: 'v', G: 'g', L: 'l', P: 'p', A: 'a', NAMES: 'names', HEADS: 'heads', T: 't' };
    const { files } = answerBy(['sh'], askOfFacts(['descriptors']), { env }).machine();
    expect(files.get(`${process.pid}/limits`)).toEqual(readFileSync('/proc/self/limits'));
  });

  describe('is read alike by', () => {
    const shells = [
      ['dash'],
      ['bash', '--posix'],
      ['bash'],
      ['zsh', '--emulate', 'sh'],
      ['busybox', 'sh'],
    ];
    const isThere = ([shell = '']: readonly string[]) =>
      spawnSync('sh', ['-c', 'command -v "$0"', shell]).status === 0;
    const ask = askOfFacts(['localPortRange', 'nameservers', 'hasSystemd', 'descriptors']);
    const own = (answer: Answer) => {
      const { files, descriptors } = answer.machine();
      const pid = String(process.pid);
      return [
        files.get('sys/net/ipv4/ip_local_port_range')?.toString(),
        files.get('file:/etc/resolv.conf')?.toString(),
        answer.hasFolder('/run/systemd/system'),
        files.get(`${pid}/comm`)?.toString(),
        files.get(`${pid}/limits`)?.toString(),
        descriptors
          .get(process.pid)
          ?.toString()
          .split('\n')
          .filter((line) => /^[0-2] /.test(line)),
        files.get('self/exe')?.toString('latin1').slice(0, 6),
      ];
    };

    it('this machine, as its files are', () => {
      const [ports, nameservers, hasSystemd, comm, limits, descriptors, executable] = own(
        answerBy(['sh'], ask),
      );
      const text = (path: string) => readFileSync(path, 'utf8');
      expect([ports, nameservers, hasSystemd, comm, limits]).toEqual([
        text('/proc/sys/net/ipv4/ip_local_port_range'),
        existsSync('/etc/resolv.conf') ? text('/etc/resolv.conf') : undefined,
        existsSync('/run/systemd/system'),
        text('/proc/self/comm'),
        text('/proc/self/limits'),
      ]);
      expect(descriptors).toHaveLength(3);
      expect(executable).toContain('ELF');
    });

    let usual: unknown = null;
    it.each(shells.filter(isThere))('%s %s', (...shell) => {
      const words = shell.filter((word) => word !== undefined);
      usual ??= own(answerBy(['sh'], ask));
      expect(own(answerBy(words, ask))).toEqual(usual);
    });
  });
});
