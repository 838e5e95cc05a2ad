import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../src/errors.ts';
import { inetProtocols } from '../../src/model/protocol.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { spellings } from '../../src/options/flags.ts';
import { type Asked, askedIn } from '../support/listing.ts';

const split = (line: string) => (line === '' ? [] : line.split(' '));

function asked(line: string): Asked {
  const task = taskFrom(split(line));
  if (task.kind !== 'list' && task.kind !== 'follow')
    throw new Error(`${line} asks for ${task.kind}`);
  return askedIn(task.listing);
}

it('--follow says how often is read, and in which format', () => {
  const listingOf = (interval: number, format: string) => ({
    listing: { schedule: { interval }, view: { format } },
  });
  expect(taskFrom(['--follow'])).toMatchObject(listingOf(1000, 'netstat'));
  const given = ['--follow', '--interval', '2', '--json'];
  expect(taskFrom(given)).toMatchObject(listingOf(2000, 'json'));
});

const everything = [...inetProtocols, 'unix'];
const both = ['inet', 'inet6'];

describe('which tables', () => {
  it.each([
    ['', everything, both, false],
    ['-l', everything, both, false],
    ['-t', ['tcp'], both, true],
    ['-u', ['udp'], both, true],
    ['-U', ['udplite'], both, true],
    ['-S', ['sctp'], both, true],
    ['-w', ['raw'], both, true],
    ['-x', ['unix'], both, true],
    ['-wUuSt', inetProtocols, both, true],
    ['-xt', ['tcp', 'unix'], both, true],
    ['-4', inetProtocols, ['inet'], false],
    ['-6', inetProtocols, ['inet6'], false],
    ['-46', inetProtocols, both, false],
    ['-4x', everything, ['inet'], false],
    ['-4t', ['tcp'], ['inet'], true],
    ['-64tx', ['tcp', 'unix'], both, true],
    ['-A inet', inetProtocols, ['inet'], false],
    ['-A ip', inetProtocols, ['inet'], false],
    ['-A tcpip', inetProtocols, ['inet'], false],
    ['-A ipv4', inetProtocols, ['inet'], false],
    ['-A ipv6,local', everything, ['inet6'], false],
    ['-A inet6', inetProtocols, ['inet6'], false],
    ['-A unix', ['unix'], both, true],
    ['-A unix -t', ['tcp', 'unix'], both, true],
    ['-A unix -4', everything, ['inet'], false],
    ['-A inet,unix', everything, ['inet'], false],
    ['-A inet -A inet6', inetProtocols, both, false],
    ['-Ainet', inetProtocols, ['inet'], false],
    ['--protocol=inet6', inetProtocols, ['inet6'], false],
    ['--inet --unix', everything, ['inet'], false],
    ['--ip', inetProtocols, ['inet'], false],
    ['--tcpip', inetProtocols, ['inet'], false],
  ] as const)('%j', (line, protocols, families, protocolsNamed) => {
    expect(asked(line)).toMatchObject({ protocols, families, protocolsNamed });
  });
});

describe('which rows', () => {
  it.each([
    ['', 'connected'],
    ['-l', 'listening'],
    ['-a', 'all'],
    ['-al', 'all'],
    ['-la', 'all'],
    ['--exposed', 'listening'],
    ['-a --exposed', 'all'],
    ['--port 22', 'connected'],
    ['-q', 'connected'],
    ['-q --port 22', 'all'],
    ['-q --local :22', 'all'],
    ['-q --program nginx', 'all'],
    ['-q --pid 1', 'all'],
    ['-q --user root', 'all'],
    ['-q sport = 22', 'all'],
    ['-q --remote 0.0.0.0/0', 'connected'],
    ['-lq --port 22', 'listening'],
    ['-q --exposed --port 22', 'listening'],
  ])('%j: %s', (line, which) => {
    expect(asked(line).which).toBe(which);
  });
});

describe('bundles', () => {
  const usual = asked('-t -u -l -p -n');
  it.each([
    '-tulpn',
    '-plnut',
    '-nplut',
    '-t -ulpn',
    '-tu -lpn',
    '--tcp --udp --listening --programs --numeric',
  ])('%s is -tulpn', (line) => {
    expect(asked(line)).toEqual(usual);
  });

  it.each([
    ['-4uln', { families: ['inet'], protocols: ['udp'], which: 'listening' }],
    ['-antp4', { families: ['inet'], protocols: ['tcp'], which: 'all', programs: true }],
    ['-tanA inet6', { families: ['inet6'], protocols: ['tcp'], which: 'all' }],
  ])('%s', (line, expected) => {
    expect(asked(line)).toMatchObject(expected);
  });

  it('come to the same in any order', () => {
    const letters = fc.shuffledSubarray([...'tuUSwxlanpeoW46v'], { minLength: 1 });
    fc.assert(
      fc.property(letters, (flags) => {
        const together = asked(`-${flags.join('')}`);
        expect(asked(flags.map((flag) => `-${flag}`).join(' '))).toEqual(together);
        expect(asked(`-${flags.toSorted().join('')}`)).toEqual(together);
      }),
    );
  });
});

describe('what is shown', () => {
  const numbers = { hosts: true, ports: true, users: true };
  const names = { hosts: false, ports: false, users: false };
  it.each<[string, Partial<Asked>]>([
    [
      '',
      { numeric: names, programs: false, extend: 0, timers: false, wide: false, verbose: false },
    ],
    ['-n', { numeric: numbers }],
    ['-N', { numeric: names }],
    ['-nN', { numeric: numbers }],
    ['--numeric-hosts', { numeric: { ...names, hosts: true } }],
    ['--numeric-ports', { numeric: { ...names, ports: true } }],
    ['--numeric-users', { numeric: { ...names, users: true } }],
    ['-p', { programs: true }],
    ['--peers', { peers: true, programs: false }],
    // What only some sockets have is shown where they may be listed, and to programs, which want the same fields.
    ['-tu --tcp-info', { tcpInfo: true }],
    ['-u --tcp-info --json', { tcpInfo: true }],
    ['-tl --exposure', { exposure: true }],
    ['-t --exposure --state listen', { exposure: true }],
    ['-t --exposure sport = 22', { exposure: true }],
    ['-t --exposure --follow', { exposure: true }],
    ['-t --exposure --format csv', { exposure: true }],
    ['--all-netns', { withNetns: true, netns: 'all' }],
    ['--netns web', { withNetns: true, netns: { name: 'web' } }],
    ['-t', { withNetns: false, netns: 'own' }],
    ['-t', { machines: null, machineNames: null }],
    ['-e', { extend: 1 }],
    ['-ee', { extend: 2 }],
    ['-e --extend -e', { extend: 3 }],
    ['-o', { timers: true }],
    ['-W', { wide: true }],
    ['-T', { wide: true }],
    ['--notrim', { wide: true }],
    ['-v', { verbose: true }],
    ['-c', { interval: 1000 }],
    ['--interval 0.5', { interval: 500 }],
    ['-c --interval=10', { interval: 10_000 }],
    ['--interval .25', { interval: 250 }],
    ['--resolve-timeout 0', { resolveTimeout: 0 }],
    ['--resolve-timeout 1.5', { resolveTimeout: 1500 }],
    ['-tl --port 22 --pids', { pids: true, which: 'listening' }],
    ['-t --port 22 --pids', { pids: true, which: 'all' }],
    ['--program nginx --pids', { which: 'all' }],
    ["--pids 'sport = 22'", { which: 'all' }],
    ['-t --pids', { which: 'connected' }],
    [
      '--pids --wait 1 --interval 2',
      { pids: true, wait: { for: 'there', every: 2000, timeout: 1000 } },
    ],
    ['-t', { wait: null, pids: false }],
    ['--wait', { wait: { for: 'there', timeout: null, every: 200 } }],
    ['--wait 30 -q', { wait: { for: 'there', timeout: 30_000, every: 200 }, quiet: true }],
    ['--wait=1.5', { wait: { for: 'there', timeout: 1500, every: 200 } }],
    ['--wait -q', { wait: { for: 'there', timeout: null, every: 200 }, quiet: true }],
    ['--wait 0', { wait: { for: 'there', timeout: 0, every: 200 } }],
    ['--wait-gone 2', { wait: { for: 'gone', timeout: 2000, every: 200 } }],
    [
      '--wait 5 --interval 1',
      { wait: { for: 'there', timeout: 5000, every: 1000 }, interval: null },
    ],
    ['--wait --port 22', { which: 'all' }],
    ['-l --wait --port 22', { which: 'listening' }],
    ['--follow', { which: 'all', interval: 1000, wait: null }],
    ['--follow -l', { which: 'listening' }],
    ['--follow -a', { which: 'all' }],
    ['--follow --port 22', { which: 'all' }],
    ['--follow --exposed', { which: 'listening' }],
    ['--follow --interval 0.2 --json', { interval: 200, format: 'json' }],
    ['-H', { header: false }],
    ['-q', { quiet: true }],
    ['--json', { format: 'json' }],
    ['--json --format json', { format: 'json' }],
    ['--format csv', { format: 'csv' }],
    ['--color=always', { color: 'always' }],
    ['--colour never', { color: 'never' }],
    ['--columns proto,src --columns dst', { columns: ['proto', 'src', 'dst'] }],
    ['--sort -recvq,pid', { sort: ['-recvq', 'pid'] }],
    ['--proc-root /host/proc', { procRoot: '/host/proc' }],
    ['-t', { socketSource: 'auto' }],
    ['--source netlink', { socketSource: 'netlink' }],
    ['--source proc --proc-root /host/proc', { socketSource: 'proc' }],
  ])('%j', (line, expected) => {
    expect(asked(line)).toMatchObject(expected);
  });

  it('a word behind --wait that is no number begins the expression', () => {
    expect(asked('--wait sport = 80')).toMatchObject({
      wait: { timeout: null },
      filters: { expression: ['sport', '=', '80'] },
    });
    expect(asked('-t -- --wait x').filters.expression).toEqual(['--wait', 'x']);
  });

  it('filters are handed on as they are, expressions too', () => {
    const line =
      '-t --state listen,big --port 80 --port ssh --exposed sport = :80 and not dst 10.0.0.0/8';
    expect(asked(line).filters).toEqual({
      state: ['listen', 'big'],
      port: ['80', 'ssh'],
      local: [],
      remote: [],
      pid: [],
      program: [],
      workload: [],
      user: [],
      exposed: true,
      expression: ['sport', '=', ':80', 'and', 'not', 'dst', '10.0.0.0/8'],
    });
  });
});

describe('other tasks', () => {
  const help = { kind: 'help', whole: true, topic: null, paged: false, color: 'auto' };

  it.each([
    ['-h', { kind: 'help', whole: false, topic: null, paged: false, color: 'auto' }],
    ['--help', { kind: 'help', whole: true, topic: null, paged: false, color: 'auto' }],
    ['-h --help', { kind: 'help', whole: true, topic: null, paged: false, color: 'auto' }],
    ['--help --pager --color=never', { ...help, paged: true, color: 'never' }],
    ['-tulpnh', { kind: 'help', whole: false, topic: null, paged: false, color: 'auto' }],
    ['--help columns', { ...help, topic: { name: 'columns', report: 'sockets' } }],
    ['help columns', { ...help, topic: { name: 'columns', report: 'sockets' } }],
    ['-r --help=columns', { ...help, topic: { name: 'columns', report: 'routes' } }],
    ['--help -r checks', help],
    ['-V', { kind: 'version' }],
    ['--version', { kind: 'version' }],
    ['--explain', { kind: 'explain', words: [] }],
    ['--explain LISTEN', { kind: 'explain', words: ['LISTEN'] }],
    ['-tanp --explain LISTEN', { kind: 'explain', words: ['LISTEN'] }],
    ['--explain LISTEN,fin CLOSE', { kind: 'explain', words: ['LISTEN', 'fin', 'CLOSE'] }],
    ['--explain -n LISTEN', { kind: 'explain', words: ['LISTEN'] }],
    ['--completion bash', { kind: 'completion', shell: 'bash' }],
    // Its keys choose other tables.
    ['--live -x --tcp-info', expect.objectContaining({ kind: 'live' })],
  ])('%s', (line, task) => {
    expect(taskFrom(split(line))).toEqual(task);
  });

  it.each([
    ['-r', 'routes'],
    ['-i', 'interfaces'],
    ['-g', 'groups'],
    ['-s', 'statistics'],
  ])('%s asks for %s', (line, report) => {
    expect(asked(line).report).toBe(report);
  });
});

describe('a mistake', () => {
  it.each([
    ['--what', "unknown option '--what'"],
    ['-tuz', "unknown option '-z'"],
    ['-c1', "unknown option '-1'"],
    ['-1', "unknown option '-1'"],
    ['--num', '--num is ambiguous: '],
    ['-A', '-A: expected families: inet, inet6, unix'],
    ['-A foo', '-A foo: not an address family; these are inet, inet6 and unix'],
    [
      '-A tcp,udp -n',
      '-A tcp: not an address family; these are inet, inet6 and unix; for the protocol type -t',
    ],
    ['-A=inet', '-A =inet: not an address family; these are inet, inet6 and unix; type -A inet'],
    [
      '-A=tcp',
      '-A =tcp: not an address family; these are inet, inet6 and unix; for the protocol type -t',
    ],
    ['-t=x', '-t takes no value, found x: leave it out'],
    ['-tan=', "-n takes no value, found '': leave it out"],
    ['-tnc=abc', '-c abc: expected a number of seconds, or a time such as 500ms or 5m'],
    ['-c=2x', '-c 2x: expected a number of seconds'],
    ['-A INET', '-A INET: not an address family'],
    ['-A inet,', "-A '': not an address family"],
    ['-A constructor', '-A constructor: not an address family'],
    ['-A ipx', '-A ipx: IPX is gone from Linux'],
    ['-A inet,x25', '-A x25: X.25 is not listed; a kernel that still has it shows it in /proc'],
    [
      '-A bluetooth',
      '-A bluetooth: Bluetooth sockets are not listed; on Linux, see /proc/net/l2cap and',
    ],
    ['--l2cap', '--bluetooth: Bluetooth sockets are not listed'],
    ['--rfcomm', '--bluetooth: Bluetooth sockets are not listed'],
    ['--econet', '--econet: Econet is gone from Linux'],
    [
      '--ax25',
      '--ax25: AX.25 is not listed; a kernel that still has it shows it in /proc/net/ax25',
    ],
    ['--ipx', '--ipx: IPX is gone from Linux'],
    ['--appletalk', '--ddp: AppleTalk is not listed'],
    ['-Z', '-Z: SELinux contexts are not shown'],
    ['-M', '-M: masqueraded connections belong to the firewall; on Linux, see conntrack -L'],
    ['-ri', '--route and --interfaces: one report at a time'],
    ['--format xml', '--format xml: not one of netstat, table, json, ndjson, csv'],
    ['--completion tcsh', '--completion tcsh: not one of bash, zsh, fish, powershell'],
    ['--on web1 --explain', '--explain cannot be used with --on: a state means the same on every'],
    [
      '--explain LISTEN --netns web',
      '--explain cannot be used with --netns: nothing is read for it',
    ],
    ['-r --explain', '--explain cannot be used with --route: give one of them'],
    ['--explain --save a', '--explain cannot be used with --save'],
    ['--save a\uFFFDb', '--save a\uFFFDb: the name of a file must be UTF-8'],
    ['--diff a\uFFFDb', '--diff a\uFFFDb: the name of a file must be UTF-8'],
    ['--json --format csv', '--json and --format csv: give one of them'],
    ['--color sometimes', '--color sometimes: not one of auto, always, never'],
    ['--interval=', "--interval '': expected a number of seconds"],
    ['--format=', "--format '': not one of netstat, table"],
    ['--serve-timeout= --serve', "--serve-timeout '': expected a number of seconds"],
    ['--interval 0', '--interval 0: expected a number of seconds'],
    ['--interval x', '--interval x: expected a number of seconds'],
    ['--interval -1', '--interval -1: expected a number of seconds'],
    ['--interval 1e3', '--interval 1e3: expected a number of seconds'],
    ['--interval 9999999999', '--interval 9999999999: expected a number of seconds'],
    ['--wait 30x', '--wait 30x: expected a number of seconds'],
    ['--wait=', '--wait: expected SEC, found nothing'],
    ['--diagnose=', '--diagnose: expected CHECK, found nothing'],
    ['--wait=soon', '--wait soon: expected a number of seconds'],
    ['--wait --wait-gone', '--wait and --wait-gone: give one of them'],
    ['--wait -c', '--wait cannot be used with -c; --interval says how often it checks'],
    ['--live -r', '--live is about sockets, not routes; -c repeats any report'],
    ['--live --json', '--live cannot be used with --json: it draws a screen'],
    ['--live --format table', '--live cannot be used with --format'],
    ['--live -c', '--live cannot be used with --continuous: it repeats by itself'],
    ['--live --diff a', '--live cannot be used with --diff: it draws a screen'],
    ['--live --save a', '--live cannot be used with --save: W saves the answer to what it asks'],
    ['--live --wait 3', '--live cannot be used with --wait: it runs until q'],
    ['--live -q', '--live cannot be used with --quiet'],
    ['--live --pids', '--live cannot be used with --pids'],
    ['--pids -r', '--pids is about sockets, not routes'],
    ['--pids -q', '--pids cannot be used with --quiet'],
    ['--pids --json', '--pids cannot be used with --json'],
    ['--pids -c', '--pids cannot be used with --continuous'],
    ['--pids --interval 1', '--pids cannot be used with --interval, unless --wait is there'],
    ['--pids --wait-gone', '--pids cannot be used with --wait-gone'],
    ['--follow -r', '--follow is about sockets, not routes'],
    ['--follow -s', '--follow is about sockets, not statistics'],
    [
      '--follow --sort port',
      '--follow cannot be used with --sort: events come in the order of time',
    ],
    ['--follow -c', '--follow cannot be used with --continuous: it repeats by itself'],
    ['--follow -q', '--follow cannot be used with --quiet'],
    ['--follow --pids', '--follow cannot be used with --pids'],
    [
      '--follow --ignore x',
      "--follow cannot be used with --ignore: an expression leaves sockets out: 'not ( … )'",
    ],
    ['--follow --wait', '--follow cannot be used with --wait'],
    ['--follow --wait-gone 3', '--follow cannot be used with --wait-gone'],
    ['--follow --format table', '--follow cannot be used with --format table'],
    [
      '--save a --follow',
      '--save cannot be used with --follow: it is one answer; run the two separately',
    ],
    ['--diff a --follow', '--diff cannot be used with --follow'],
    ['--diff a --save a --follow --interval 5', '--diff cannot be used with --follow'],
    ['--follow --interval 0', '--interval 0: expected a number of seconds'],
    ['--resolve-timeout', '--resolve-timeout: expected SEC'],
    ['--columns proto --json', '--columns cannot be used with --json'],
    ['-r --tcp-info', '--tcp-info is about sockets, not routes'],
    ['-u --tcp-info', '--tcp-info is about TCP sockets, not UDP'],
    ['-wx --tcp-info --format table', '--tcp-info is about TCP sockets, not raw and UNIX'],
    ['--follow -u --tcp-info', '--tcp-info is about TCP sockets, not UDP'],
    ['-x --bound-inactive', '--bound-inactive is about TCP sockets, not UNIX'],
    ['-x --exposure', '--exposure is about Internet sockets, not UNIX'],
    ['-tn --exposure', '--exposure is about servers: -l lists them, -a all sockets'],
    ['-s --peers', '--peers is about sockets, not statistics'],
    ['--explain LISTEN --json', '--explain cannot be used with --json: it is text for people'],
    ['--explain --format csv', '--explain cannot be used with --format: it is text for people'],
    ['-s -x', '-x: UNIX sockets have no counters'],
    ['-r -x', '-x: UNIX sockets have no routes'],
    ['-r46 -A unix', '-x: UNIX sockets have no routes'],
    ['-st -A inet,unix', '-x: UNIX sockets have no counters'],
    ['-r --port 80', '--port is about sockets, not routes'],
    ['-i sport = :80', 'sport: an expression is about sockets, not interfaces'],
    ['--tcp=1', '--tcp takes no value, found 1'],
    ['--proc-root=', '--proc-root: expected a folder, found nothing'],
    ['--netns=', '--netns: expected a name, a PID or a path, found nothing'],
    ['--netns web --all-netns', '--all-netns and --netns: give one of them'],
    ['--on=', '--on: expected a machine, found nothing'],
    ['--on a,,b', '--on: expected a machine, found nothing'],
    [
      '--on a --proc-root /p',
      '--on cannot be used with --proc-root: it is a folder of this machine',
    ],
    ['--on a --source proc', '--on cannot be used with --source: it says how this machine is read'],
    ['--on a --netns web', '--on cannot be used with --netns: on other machines'],
    ['--on a --all-netns', '--on cannot be used with --all-netns: on other machines'],
    [
      '--on a --pids',
      '--on cannot be used with --pids: these would be processes of other machines',
    ],
    ['--on a --on-parallel 0', '--on-parallel 0: expected a whole number from 1 to 256'],
    ['--on a --on-parallel 1.5', '--on-parallel 1.5: expected a whole number from 1 to 256'],
    ['--on a --on-timeout 0', '--on-timeout 0: expected a number of seconds, 0.001 to 2147483'],
    ['--on-timeout 1', '--on-timeout requires --on'],
    ['--on-parallel 2', '--on-parallel requires --on'],
    ['--strict -tln', '--strict requires --on'],
    ['--save f --strict', '--strict requires --on'],
    ['--source file', '--source file: not one of auto, proc, netlink'],
    ['--source netlink --proc-root /p', '--source netlink cannot be used with --proc-root'],
  ])('%s', (line, message) => {
    let caught: unknown;
    try {
      taskFrom(split(line));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(NetstatError);
    const error = caught as NetstatError;
    expect(error.code).toBe('usage');
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
  });

  it('asks for a full screen, with what the rest of the line chooses', () => {
    const task = taskFrom(split('--live -tp --sort -recvrate --interval 0.5'));
    expect(task.kind).toBe('live');
    if (task.kind !== 'live') return;
    const { query, view, schedule } = task.listing;
    expect([query.protocols, query.sort, view.programs]).toEqual([['tcp'], ['-recvrate'], true]);
    expect(schedule.interval).toBe(500);
    const plain = taskFrom(['--live']);
    expect(plain.kind === 'live' && plain.listing.schedule.interval).toBe(1000);
  });

  it('is all that any command line can bring about', () => {
    const known = allFlags.flatMap(spellings);
    const word = fc.oneof(
      fc.constantFrom(...known),
      fc.string(),
      fc.constantFrom('inet', '5', '--', '-'),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          taskFrom(argv);
        } catch (error) {
          expect(error).toBeInstanceOf(NetstatError);
          expect((error as NetstatError).code).toBe('usage');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('an empty expression', () => {
  it.each([[['--pids']], [['-q']], [['--wait', '5']], [['--wait-gone', '5']]])(
    'is refused in a question: %j',
    (question) => {
      const asks = () => taskFrom([...question, '-t', '', ' ']);
      expect(asks).toThrow(/^--[a-z-]+: the expression is empty; leave it out/);
      expect(() => taskFrom([...question, '-t'])).not.toThrow();
      expect(() => taskFrom([...question, '-t', '', 'sport = 22'])).not.toThrow();
    },
  );

  it('is not the mistake where flags exclude each other', () => {
    expect(() => taskFrom(['-c', '', '--wait', '1'])).toThrow('--wait cannot be used with -c');
    expect(() => taskFrom(['--wait', '1', '--wait-gone', '1', ''])).toThrow('give one of them');
  });

  it('is one of names with -i, and nothing with the other reports', () => {
    expect(() => taskFrom(['-q', '-i', ''])).toThrow('the name is empty; leave it out to ask');
    expect(() => taskFrom(['-q', '-i', '', 'eth0'])).not.toThrow();
    expect(() => taskFrom(['-q', '-r', ''])).not.toThrow();
  });

  it('is not the interval of -c', () => {
    expect(() => taskFrom(['-q', '-c', '1', '-tl', '--port', '22'])).not.toThrow();
    expect(() => taskFrom(['-q', '-c', '1', ''])).toThrow('the expression is empty');
  });

  it('is left out of a listing, as in netstat', () => {
    expect(taskFrom(['-tln', ''])).toEqual(taskFrom(['-tln']));
  });
});

// Nothing here measures time: where the work grew with the square of the length, it would take hours.
describe('a command line of any length', () => {
  const many = 200_000;
  const taking = allFlags
    .filter(({ value, refusal }) => value !== undefined && refusal === undefined)
    .map(({ long, value }) => [long as string, value?.choices?.[0] ?? '1'] as const);

  it.each(taking)('--%s, over and over', (long, value) => {
    const argv = new Array<string>(many).fill(`--${long}=${value}`);
    expect(() => taskFrom(argv)).not.toThrow(RangeError);
  });

  it('keeps every value of a filter', () => {
    const task = taskFrom(Array.from({ length: many }, (_, pid) => `--pid=${pid}`));
    expect(task.kind === 'list' && task.listing.query.filters.pid).toEqual(
      Array.from({ length: many }, (_, pid) => String(pid)),
    );
  });

  it.each([
    ['digits', '1'.repeat(1_000_000)],
    ['digits, and then none', `${'1'.repeat(1_000_000)}x`],
    ['digits behind a point, and then none', `.${'1'.repeat(1_000_000)}x`],
    ['points', '.'.repeat(1_000_000)],
  ])('refuses an interval of a million %s', (_, value) => {
    expect(() => taskFrom([`--interval=${value}`])).toThrow('a number of seconds');
  });

  it('takes flags without a value, abbreviated or in one word', () => {
    const short = new Array<string>(many).fill('--numeric-h');
    expect(taskFrom([...short, `-${'n'.repeat(130_000)}`]).kind).toBe('list');
  });

  it('refuses more words behind -- than can be read', () => {
    const words = new Array<string>(99_990).fill('x');
    const task = taskFrom(['-t', '--', ...words]);
    expect(task.kind === 'list' && task.listing.query.filters.expression).toHaveLength(
      words.length,
    );
    expect(() => taskFrom(['-t', '--', ...words, ...words])).toThrow('omit --');
    expect(taskFrom(['-t', ...words, ...words]).kind).toBe('list');
  });
});

describe('--on', () => {
  const targetOf = (line: string) => {
    const task = taskFrom(line.split(' '));
    return 'listing' in task ? task.listing : null;
  };

  it.each([
    [
      '--on a,b -t --on @f',
      { names: ['a', 'b', '@f'], timeout: 10_000, atOnce: 16, strict: false },
    ],
    [
      '--on a --strict --on-timeout 2.5 --on-parallel 50',
      { names: ['a'], timeout: 2500, atOnce: 50, strict: true },
    ],
  ])('%s', (line, machines) => {
    expect(targetOf(line)?.target.machines).toEqual(machines);
    expect(targetOf(line)?.view.machineNames).toEqual(machines.names);
  });

  it('shows users as numbers, and looks for what is waited for no more than once a second', () => {
    expect(targetOf('--on a -te')?.view.numeric).toEqual({
      hosts: false,
      ports: false,
      users: true,
    });
    expect(targetOf('--on a --wait 5 -tl')?.schedule.wait?.every).toBe(1000);
    expect(targetOf('--on a --wait 5 --interval 0.3 -tl')?.schedule.wait?.every).toBe(300);
  });

  it('goes with a file that is compared: what was asked is asked again', () => {
    expect(taskFrom(['--on', 'a', '--diff', 'f'])).toMatchObject({
      comparison: { chosen: new Set() },
    });
  });
});
