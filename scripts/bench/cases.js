import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file that `--diff` compares with: the same sockets, saved before. */
const baseline = join(tmpdir(), `tsnetstat-bench-${process.pid}.json`);

/** The tables that the floor programs read for `-tu`. */
const inet = 'tcp,tcp6,udp,udp6';

/** What is asked of tsnetstat, on Node and standalone, and of others. */
const ofEach = (args, others) => ({ tsnetstat: args, standalone: args, ...others });

const listening = ofEach(['-tulpn'], {
  netstat: ['-tulpn'],
  ss: ['-tulpn'],
  // lsof cannot list UDP in the same call.
  lsof: ['-nP', '-iTCP', '-sTCP:LISTEN'],
  'floor-c': [inet, 'walk'],
  'floor-node': [inet, 'walk'],
});

const memory = { subject: 'tsnetstat', mebibytes: 100 };

/**
 * What is measured: a world, what each program is asked there, and the budgets.
 *
 * world: the load (worlds.js); one with sizes is measured at every size.
 * ask: program (programs.js) → its arguments; programs that are not installed are left out.
 * before: a tsnetstat command that is run once before, and the file that it writes.
 * budgets: the most that subject ÷ against may be, of wall time; or peak memory in MiB; or processors (CPU ÷ time).
 * They are promises for 100,000 sockets where the world has a size.
 */
export const cases = [
  {
    name: 'start-up',
    title: 'Start-up: `-V`',
    world: 'quiet',
    ask: ofEach(['-V'], { node: ['-e', '0'], netstat: ['-V'], ss: ['-V'] }),
    budgets: [],
  },
  {
    name: 'tulpn-quiet',
    title: '`-tulpn`, a quiet machine',
    world: 'quiet',
    ask: { ...listening, node: ['-e', '0'] },
    budgets: [
      { subject: 'tsnetstat', against: 'node', ratio: 1.15 },
      { subject: 'standalone', against: 'netstat', ratio: 1 },
    ],
  },
  {
    name: 'tulpn-idle',
    title: '`-tulpn`, 1,000 idle processes',
    world: 'idle',
    ask: { ...listening, node: ['-e', '0'] },
    budgets: [],
  },
  {
    name: 'tulpn-wide',
    title: '`-tulpn`, one process with 20,000 descriptors',
    world: 'wide',
    ask: listening,
    budgets: [],
  },
  {
    name: 'tulpn-busy',
    title: '`-tulpn`, a busy server',
    world: 'tcp',
    ask: listening,
    budgets: [
      { subject: 'tsnetstat', against: 'netstat', ratio: 0.1 },
      { subject: 'tsnetstat', against: 'ss', ratio: 0.15 },
      memory,
    ],
  },
  {
    name: 'tuan',
    title: '`-tuan`',
    world: 'tcp',
    ask: ofEach(['-tuan'], {
      netstat: ['-tuan'],
      ss: ['-tuan'],
      'floor-c': [inet],
      'floor-node': [inet],
    }),
    budgets: [
      { subject: 'tsnetstat', against: 'ss', ratio: 0.85 },
      { subject: 'tsnetstat', against: 'netstat', ratio: 0.6 },
      memory,
    ],
  },
  {
    name: 'port',
    title: '`-tan --port 20050` (of netstat, which has no filter, `-tan`)',
    world: 'tcp',
    ask: ofEach(['-tan', '--port', '20050'], {
      netstat: ['-tan'],
      ss: ['-tan', 'sport = :20050 or dport = :20050'],
      node: ['-e', '0'],
    }),
    budgets: [],
  },
  {
    name: 'state',
    title: '`-tan state established` (of netstat, which has no filter, `-tan`)',
    world: 'tcp',
    ask: ofEach(['-tan', 'state', 'established'], {
      netstat: ['-tan'],
      ss: ['-tan', 'state', 'established'],
    }),
    budgets: [memory],
  },
  {
    name: 'program',
    title:
      '`-tanp --program lone`, one process of many (of the others, which have no filter, `-tanp`)',
    world: 'tcp',
    ask: ofEach(['-tanp', '--program', 'lone'], {
      netstat: ['-tanp'],
      ss: ['-tanp'],
      lsof: ['-nP', '-a', '-iTCP', '-c', 'lone'],
    }),
    budgets: [memory],
  },
  {
    name: 'exposure',
    title: '`-tln --exposure` (of the others, `-tln`)',
    world: 'tcp',
    ask: ofEach(['-tln', '--exposure'], { netstat: ['-tln'], ss: ['-tln'] }),
    budgets: [memory],
  },
  {
    name: 'tcp-info',
    title: '`-tan --tcp-info`',
    world: 'tcp',
    ask: ofEach(['-tan', '--tcp-info'], { ss: ['-tain'] }),
    budgets: [{ subject: 'tsnetstat', against: 'ss', ratio: 0.9 }, memory],
  },
  {
    name: 'socket-info',
    title: '`-tan --socket-info`',
    world: 'tcp',
    ask: ofEach(['-tan', '--socket-info'], { ss: ['-tanem'] }),
    budgets: [],
  },
  {
    name: 'sort',
    title: '`-tan --sort remote` (the others: `-tan`, unsorted)',
    world: 'tcp',
    ask: ofEach(['-tan', '--sort', 'remote'], { netstat: ['-tan'], ss: ['-tan'] }),
    budgets: [memory],
  },
  {
    name: 'peers',
    title: '`-tan --peers` (of the others, `-tanp`)',
    world: 'tcp',
    ask: ofEach(['-tan', '--peers'], { netstat: ['-tanp'], ss: ['-tanp'] }),
    budgets: [],
  },
  {
    name: 'tuanp',
    title: '`-tuanp`',
    world: 'tcp',
    ask: ofEach(['-tuanp'], {
      netstat: ['-tuanp'],
      ss: ['-tuanp'],
      lsof: ['-nP', '-i'],
      'floor-c': [inet, 'walk'],
      'floor-node': [inet, 'walk'],
    }),
    budgets: [
      { subject: 'tsnetstat', against: 'netstat', ratio: 0.15 },
      { subject: 'tsnetstat', against: 'ss', ratio: 0.15 },
      memory,
    ],
  },
  {
    name: 'diagnose',
    title: '`--diagnose`, without the second that it waits (compared with `-tuanp`)',
    world: 'tcp',
    ask: { tsnetstat: ['--diagnose', '-n'], tuanp: ['-tuanp'] },
    /** The pause between two readings (ms), which is no work. */
    waits: { tsnetstat: 1_000 },
    budgets: [{ subject: 'tsnetstat', against: 'tuanp', ratio: 1.2 }, memory],
  },
  {
    name: 'metrics',
    title: '`--format prometheus` (compared with `-tuanp`)',
    world: 'tcp',
    ask: { tsnetstat: ['--format', 'prometheus'], tuanp: ['-tuanp'], ss: ['-tinpm'] },
    budgets: [
      { subject: 'tsnetstat', against: 'ss', ratio: 0.25 },
      { subject: 'tsnetstat', mebibytes: 150 },
    ],
  },
  {
    name: 'json',
    title: '`--json -tuanp` (the others: their own format)',
    world: 'tcp',
    ask: ofEach(['--json', '-tuanp'], {
      netstat: ['-tuanp'],
      ss: ['-tuanp'],
      lsof: ['-nP', '-i', '-F'],
    }),
    budgets: [memory],
  },
  {
    name: 'listeners-json',
    title: '`--json -tlnp` (the others: their own format)',
    world: 'tcp',
    ask: ofEach(['--json', '-tlnp'], {
      netstat: ['-tlnp'],
      ss: ['-tlnp'],
      lsof: ['-nP', '-iTCP', '-sTCP:LISTEN', '-F'],
    }),
    budgets: [memory],
  },
  {
    name: 'csv',
    title: '`--format csv -tuanp`',
    world: 'tcp',
    ask: ofEach(['--format', 'csv', '-tuanp'], {}),
    budgets: [memory],
  },
  {
    name: 'workloads',
    title: '`--json --workloads -tuan`',
    world: 'tcp',
    ask: ofEach(['--json', '--workloads', '-tuan'], {}),
    budgets: [memory],
  },
  {
    name: 'workloads-table',
    title: '`-tan --workloads`',
    world: 'tcp',
    ask: ofEach(['-tan', '--workloads'], { ss: ['-tanp', '--cgroup'] }),
    budgets: [memory],
  },
  {
    name: 'tcp-info-json',
    title: '`--json -tan --tcp-info` (ss: its own format)',
    world: 'tcp',
    ask: ofEach(['--json', '-tan', '--tcp-info'], { ss: ['-tain'] }),
    budgets: [memory],
  },
  {
    name: 'sort-json',
    title: '`--json -tan --sort recvq`',
    world: 'tcp',
    ask: ofEach(['--json', '-tan', '--sort', 'recvq'], {}),
    budgets: [memory],
  },
  {
    name: 'sort-owners-json',
    title: '`--json -tanp --sort pid`',
    world: 'tcp',
    ask: ofEach(['--json', '-tanp', '--sort', 'pid'], {}),
    budgets: [memory],
  },
  {
    name: 'peers-json',
    title: '`--json -tan --peers`',
    world: 'tcp',
    ask: ofEach(['--json', '-tan', '--peers'], {}),
    budgets: [memory],
  },
  {
    name: 'diff',
    title: '`--diff` of `-tuan`, compared with `--json -tuanp`',
    world: 'tcp',
    before: { ask: ['-tuan', '--save', baseline], file: baseline },
    ask: ofEach(['--diff', baseline], { json: ['--json', '-tuanp'] }),
    budgets: [{ subject: 'tsnetstat', against: 'json', ratio: 4 }],
  },
  {
    name: 'xan',
    title: '`-xan`',
    world: 'unix',
    ask: ofEach(['-xan'], { netstat: ['-xan'], ss: ['-xan'] }),
    budgets: [memory],
  },
  {
    name: 'xanp',
    title: '`-xanp`',
    world: 'unix',
    ask: ofEach(['-xanp'], {
      netstat: ['-xanp'],
      ss: ['-xanp'],
      lsof: ['-nP', '-U'],
      'floor-c': ['unix', 'walk'],
      'floor-node': ['unix', 'walk'],
    }),
    budgets: [{ subject: 'tsnetstat', against: 'netstat', ratio: 0.35 }, memory],
  },
  {
    name: 'follow',
    title: '`-c -tuanp`, CPU of a round',
    world: 'tcp',
    /** Repeats its report: rounds are compared with the first one, not with other programs. */
    follow: true,
    ask: ofEach(['-tuanp', '--interval', '2'], {}),
    budgets: [{ subject: 'tsnetstat', against: 'first', ratio: 0.35 }],
  },
  {
    name: 'follow-tulpn',
    title: '`-c -tulpn`, CPU of a round',
    world: 'tcp',
    follow: true,
    ask: ofEach(['-tulpn', '--interval', '2'], {}),
    budgets: [{ subject: 'tsnetstat', against: 'first', ratio: 0.35 }],
  },
  {
    name: 'live',
    title: '`--live -tan`, 15 seconds of a round a second',
    world: 'tcp',
    ask: { live: ['--live', '-tan'] },
    budgets: [{ subject: 'live', cores: 0.5 }],
  },
  {
    name: 'live-tcp-info',
    title: '`--live -tan --tcp-info`, 15 seconds of a round a second',
    world: 'tcp',
    ask: { live: ['--live', '-tan', '--tcp-info'] },
    budgets: [{ subject: 'live', cores: 0.5 }],
  },
  {
    name: 'all-netns',
    title: '`--all-netns -tuln`, 100 network namespaces',
    world: 'netns',
    ask: ofEach(['--all-netns', '-tuln'], { 'each-netns': ['-tuln'] }),
    budgets: [{ subject: 'tsnetstat', against: 'each-netns', ratio: 0.25 }, memory],
  },
  {
    name: 'interfaces',
    title: '`-i`, 5,000 interfaces',
    world: 'interfaces',
    ask: ofEach(['-i'], { netstat: ['-i'] }),
    budgets: [memory],
  },
  {
    name: 'interfaces-long',
    title: '`-ie`, 5,000 interfaces',
    world: 'interfaces',
    ask: ofEach(['-ie'], { netstat: ['-ie'] }),
    budgets: [memory],
  },
  {
    name: 'groups',
    title: '`-gn`, 5,000 interfaces',
    world: 'interfaces',
    ask: ofEach(['-gn'], { netstat: ['-gn'] }),
    budgets: [memory],
  },
  {
    name: 'routes',
    title: '`-rn`, 100,000 routes',
    world: 'routes',
    ask: ofEach(['-rn'], { netstat: ['-rn'] }),
    budgets: [memory],
  },
];

/** The size at which the budgets hold. */
export const budgetSize = 100_000;
