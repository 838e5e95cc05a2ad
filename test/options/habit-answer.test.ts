import { describe, expect, it } from 'vitest';
import type { NetstatError } from '../../src/errors.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import { allFlags } from '../../src/options/flag-table.ts';
import { spellings } from '../../src/options/flags.ts';
import { understood } from '../../src/options/foreign.ts';
import { asTyped, habitAnswer } from '../../src/options/habit-answer.ts';
import { habits } from '../../src/options/habits.ts';
import { askedIn } from '../support/listing.ts';

const known = new Set(allFlags.flatMap(spellings));
const split = (line: string) => line.split(' ').filter((word) => word !== '');

/** What is asked for in the end, or the error. */
function asked(line: string, platform = 'linux') {
  const task = taskFrom(split(line), platform);
  return task.kind === 'list' ? askedIn(task.listing) : task;
}

function refusal(line: string): NetstatError | null {
  try {
    taskFrom(split(line));
    return null;
  } catch (error) {
    return error as NetstatError;
  }
}

/** Whether the words after the flags are names of interfaces, which are refused where there are none of that name. */
const isAboutInterfaces = (argv: readonly string[]) =>
  argv.length > 1 &&
  taskFrom(argv.slice(0, 1)).kind === 'list' &&
  /^-[A-Za-z]*i/.test(argv[0] ?? '');

describe('the table of habits', () => {
  const understoodOnes = habits.filter((habit) => habit.understood);
  const answered = habits.filter((habit) => !habit.understood);

  it.each(understoodOnes.flatMap(({ typed }) => typed))('understands %s', (typed) => {
    expect(refusal(typed.replace('NAME', 'lo'))).toBeNull();
  });

  it.each(answered.flatMap(({ typed, ours }) => typed.map((one) => [one, ours] as const)))(
    'does not follow %s and answers it',
    (typed) => {
      const error = refusal(typed);
      if (/^-[^ ]+$/.test(typed)) expect(error?.code).toBe('usage');
      const argv = split(typed);
      const about = error?.about ?? (isAboutInterfaces(argv) ? 'interfaces' : 'expression');
      const words = argv.filter((word) => !word.startsWith('-'));
      const answer = habitAnswer({ about, argv, words });
      expect(answer).toMatch(
        /^[^\n]+: (?:type|nothing|see|leave it out)[ :;][^\n]+ \(to [^\n]+\)$/,
      );
    },
  );

  it('names only existing flags', () => {
    for (const { ours } of habits) {
      const flags =
        ours.replace(/netstat -m|ss -\w+|-TYPED/g, '').match(/(?<![\w-])--?[a-zA-Z0-9-]+/g) ?? [];
      for (const flag of flags) {
        if (flag === '-c' || known.has(flag)) continue;
        for (const letter of flag.slice(1))
          expect(known, `${flag} in ${ours}`).toContain(`-${letter}`);
      }
    }
  });
});

it.each([
  ['--wait abc -tn', 'abc', true, '--wait abc', 'seconds: 30, 30s, 5m'],
  ['-tn --wait-g a,b', 'a,b', true, '--wait-gone a,b', 'seconds'],
  ['--serve a,b', 'a,b', true, '--serve a,b', 'a place: 9917'],
  ['--diagnose 1.5', '1.5', true, '--diagnose 1.5', 'checks: close-wait'],
  ['--wait sport x', 'sport', false, null, null],
  ['--wait -tn abc', 'abc', true, null, null],
  ['-- --wait abc', '--wait', true, null, null],
  ['--program x a,b', 'a,b', true, null, null],
  ['--wait prt=80', 'prt=80', true, null, null],
  ['--wait prt = 80', 'prt = 80', true, null, null],
  ['--wait sprt 22', 'sprt 22', true, null, null],
  ['--serve stat listening', 'stat listening', true, null, null],
  ['--wait 5x sport = 22', '5x sport = 22', true, '--wait 5x', 'seconds'],
])(
  '%s: a word that is not the value of the flag before it',
  (line, words, isFirst, named, takes) => {
    const answer = habitAnswer({
      ...{ about: 'expression', argv: split(line), words: split(words), at: isFirst ? 0 : 5 },
    });
    if (named === null) expect(answer).toBeNull();
    else expect(answer).toContain(`${named}: neither its value nor a filter expression (`);
    if (takes !== null) expect(answer).toContain(` takes ${takes}`);
  },
);

it.each([
  ['-r 5', '5', '--interval 5'],
  ['-t 5', '5', '--port 5, --pid 5 or --interval 5'],
  ['-an /ano', '/ano', 'a dash instead of the slash'],
])('%s is answered by what fits the report', (line, words, ours) => {
  const answer = habitAnswer({ about: 'expression', argv: split(line), words: [words] });
  expect(answer).toContain(`${words}: type ${ours} (to `);
});

it.each([
  ['--lport 3001', '--lport 3001: type --local :3001 (to other tools'],
  ['--dport=3001', '--dport 3001: type --remote :3001 (to other tools'],
  ['-dport 3001', '-dport 3001: type --remote :3001 (to other tools'],
  ['-sport 3001', '-sport 3001: type --local :3001 (to other tools'],
  ['-rport 3001', '-rport 3001: type --remote :3001 (to other tools'],
  ['--uid 0', '--uid 0: type --user 0 (to other tools'],
  ['--uid', '--uid: type --user root (to other tools'],
  ['--name node', '--name node: type --program node (to other tools'],
  ['--command=node', '--command node: type --program node (to other tools'],
  ['--name --json', '--name: type --program nginx (to other tools'],
  ['--host shop.example', 'type --remote shop.example, or --local shop.example (to other'],
  ['--address 10.9.0.1', 'type --remote 10.9.0.1, or --local 10.9.0.1 (to other tools'],
  ['--container web', 'type --workload container:web, or --workloads for a column'],
  ['--pod shop/web-0', 'type --workload pod:shop/web-0, or --workloads for a column'],
  ['--limit 5', '--limit 5: type tsnetstat -tan -H | head -n 5 (to other tools'],
  ['--limit all', '--limit: type tsnetstat -tan -H | head -n 20 (to other tools'],
  ['--baseline old.json', 'type --diff old.json, with a file that --save wrote (to'],
  ['--compare=a=b.json', '--compare a=b.json: type --diff a=b.json, with a file'],
  ['--name nginx*', '--name: type --program nginx (to other tools'],
  ['--watch 0', '--watch: type -c, or --interval 2 (to'],
  ['--watch 5', '--watch 5: type -c, or --interval 5 (to'],
  ['--by port', '--by: type tsnetstat -tan -H --columns state | sort | uniq -c (to'],
  ['--group-by state', 'type tsnetstat -tan -H --columns state | sort | uniq -c (to'],
  ['--by program', 'type tsnetstat -tan -H --columns program | sort | uniq -c (to'],
  ['--group state', 'state: type tsnetstat -tan -H --columns state | sort | uniq -c (to'],
  ['--metrics', '--metrics: type --format prometheus, or --serve'],
  ['10.9.0.1:8080', 'type --remote 10.9.0.1:8080, or --local 10.9.0.1:8080 (to'],
  ['-f json', '-f: type --json,'],
  ['-o json', 'json: type --json,'],
  ['-f csv', '-f: type --format csv'],
  ['-tN web', 'web: type --netns web (to ss'],
  ['top', 'top: type --live (to '],
  ['-p icmp6', 'icmp6: type -w for raw sockets'],
  ['-p tcp46', 'tcp46: type -t or -u (to macOS'],
  ['-port 3001', '-port: type --port; a word takes two dashes'],
  ['-tan -port 3001', '-port: type --port; a word takes two dashes'],
  ['--programs nginx', 'nginx: type --program nginx (to '],
  ['--workloads docker:web', 'docker:web: type --workload docker:web (to '],
  ['-tulpn lo', "lo: type -i lo, or 'dev = lo' for"],
  ['-tulpn time-wait', 'time-wait: type --state time-wait (to '],
])('%s is answered with what was typed', (line, expected) => {
  const argv = split(line);
  const words = argv.filter((word) => !word.startsWith('-'));
  const answer = habitAnswer({ about: refusal(line)?.about ?? 'expression', argv, words });
  expect(answer).toContain(expected);
});

it.each([
  ['--programs=nginx', '--programs takes no value, found nginx: type --program nginx'],
  ['--workloads=docker:web', 'takes no value, found docker:web: type --workload docker:web'],
  ['--tcp=1', '--tcp takes no value, found 1: leave it out'],
  ['--json=', "--json takes no value, found '': leave it out"],
  ['--format jsonl', 'openmetrics (did you mean ndjson?)'],
  ['--format JSONLines', 'openmetrics (did you mean ndjson?)'],
])('%s says what is wrong', (line, expected) => {
  expect(refusal(line)?.message).toContain(expected);
});

it.each([
  ['--prot 8080', '--prot 8080: not an address family;'],
  ['--prot=8080', '--prot 8080: not an address family;'],
  [
    '-A 8080',
    '-A 8080: not an address family; these are inet, inet6 and unix; for a port type --port 8080',
  ],
  ['-tA 8080', '-A 8080: not an address family;'],
  ['--appl', '--appl: AppleTalk is not listed'],
  ['--for 2', '--for 2: not one of netstat,'],
  ['--format 2', '--format 2: not one of netstat,'],
  ['--format=2 -- --for', '--format 2: not one of netstat,'],
])('the mistake in %s names the option as it was typed', (line, expected) => {
  expect(asTyped(refusal(line)?.message ?? '', split(line))).toContain(expected);
});

it('a value behind an abbreviation is for the flag that takes one', () => {
  expect(asked('-tl --prog=nginx')).toEqual(asked('-tl --program=nginx'));
  expect(asked('-tl --work=nginx')).toEqual(asked('-tl --workload=nginx'));
  expect(asked('-tl --prog')).toEqual(asked('-tl --programs'));
});

it("a filter's value is no other tool's flag, whatever the filter is called", () => {
  expect(habitAnswer({ about: { filter: 'kill' }, argv: ['--kill'], words: [] })).toBeNull();
  expect(habitAnswer({ about: { flag: '--kill' }, argv: ['--kill'], words: [] })).not.toBeNull();
});

it('words that only begin as a state do are none', () => {
  const answer = habitAnswer({ about: 'expression', argv: ['-tan', 'timer'], words: ['timer'] });
  expect(answer).toBeNull();
});

describe('a long flag behind one dash', () => {
  it.each([
    ['-udp', '--udp'],
    ['-version', '--version'],
    ['-an -numeric', '--numeric'],
    ['-json', '--json'],
    ['-columns=src', '--columns'],
    ['-listen', '--listening'],
  ])('%s is answered by %s', (line, flag) => {
    const answer = habitAnswer({
      about: refusal(line)?.about ?? { flag: '' },
      argv: split(line),
      words: [],
    });
    expect(answer).toContain(`: type ${flag}; a word takes two dashes`);
  });

  it.each([
    ['-tcp -z', 'of which nothing is wrong'],
    ['-tulpnz', 'which is a bundle'],
    ['-r -i', 'which are letters'],
  ])('not in %s, %s', (line) => {
    const answer = habitAnswer({
      about: refusal(line)?.about ?? { flag: '' },
      argv: split(line),
      words: [],
    });
    expect(answer).toBeNull();
  });
});

describe('what is understood', () => {
  it.each<[string, string]>([
    ['-an -p tcp', '-anp -t'],
    ['-anp udp', '-anp -u'],
    ['-an -p tcpv6', '-anp -t -6'],
    ['-an --programs udp6', '-anp -u -6'],
    ['-s -p tcp', '-sp -t'],
    ['-an -p TCP', '-anp -t'],
    ['-an -f inet', '-an -4'],
    ['-anf inet6', '-an -6'],
    ['-finet', '-4'],
    ['-f unix', '-x'],
    ['-f ip', '-4'],
    ['-f local -a', '-x -a'],
    ['-I lo', '-i lo'],
    ['-Ilo -n', '-i lo -n'],
    ['-I=lo', '-i lo'],
    ['-nI lo -e', '-ni lo -e'],
    ['-i --interface lo', '-i lo'],
    ['--interface=lo', '-i lo'],
    ['-c 2', '--interval 2'],
    ['-tnc 0.5', '-tn --interval 0.5'],
    ['-c -tn 2', '-tn --interval 2'],
    ['-c 5 sport = 80', '--interval 5 sport = 80'],
    ['-c 2s', '--interval 2'],
    ['-tnc 500ms', '-tn --interval 0.5'],
    ['--interval 5m -t', '--interval 300 -t'],
    ['--wait 30s --port 80', '--wait 30 --port 80'],
    ['--wait-gone 1.5m', '--wait-gone 90'],
    ['--resolve-timeout 500ms', '--resolve-timeout 0.5'],
    ['-tuI -n', '-tui -n'],
    ['-- -p tcp', '-- -p tcp'],
    ['--program', '-p'],
    ['--tcp --listening --program --numeric', '-tlpn'],
    ['-t --program -- sport = 80', '-tp -- sport = 80'],
    ['--program nginx --program', '--program=nginx -p'],
    ['--program -f inet6', '-p -6'],
    ['--save --program -t', '--save=--program -t'],
  ])('%s is %s', (line, meant) => {
    expect(asked(line)).toEqual(asked(meant));
  });

  it.each<[string, string, string, string]>([
    ['win32', '-ano', '-anp', '-o shows the process'],
    ['win32', '-aon', '-apn', 'wherever it stands'],
    ['win32', '-abno', '-apnp', '-b too'],
    ['win32', '-b', '-p', 'alone'],
    ['win32', '-an -p tcp', '-an -t', '-p is for a protocol'],
    ['win32', '-anop tcp', '-anp -t', 'both'],
    ['win32', '-A local -o', '-A local -p', 'but in no value'],
    ['win32', '--sort -lport --user -ob', '--sort=-lport --user=-ob', 'and of no flag'],
    ['win32', '-an --programs', '-anp', 'nor in a long name'],
    ['win32', '-an --programs udp', '-an -u', 'whose protocol counts'],
    ['win32', '-Alocal', '-Alocal', 'also where it is in one word'],
    ['darwin', '-anv', '-anvp', '-v shows the process'],
    ['darwin', '-anvp tcp', '-anvp -t', 'with a protocol'],
    ['darwin', '-an -p udp', '-an -u', '-p is for a protocol'],
    ['darwin', '-ano', '-ano', '-o is for timers'],
    ['linux', '-ano', '-ano', '-o is for timers'],
    ['linux', '-anv', '-anv', '-v is for tables that are lacking'],
  ])('on %s %s is %s: %s', (platform, line, meant) => {
    expect(asked(line, platform)).toEqual(asked(meant, 'linux'));
  });

  it.each(['help', '/?', '-?', '-help', '--help', '-h'])('%s is help', (line) => {
    expect(taskFrom([line]).kind).toBe('help');
  });

  it.each(['-tulpn', '-tan state established', '-r', '-p', '--port 80 -p', '-A inet'])(
    'leaves %s as it is',
    (line) => {
      expect(understood(split(line), 'linux')).toEqual(split(line));
    },
  );

  it('an interface that is named is shown also where it is down', () => {
    expect(asked('-i lo eth0')).toMatchObject({ interfaces: ['lo', 'eth0'], which: 'all' });
    expect(asked('-i')).toMatchObject({ interfaces: [], which: 'connected' });
  });
});

describe('a wrong letter in a bundle', () => {
  it.each([
    ['-tulpnz', "unknown option '-z' in -tulpnz", '-z'],
    ['-abnq', "unknown option '-b' in -abnq", '-b'],
    ['-zt', "unknown option '-z' in -zt", '-z'],
    ['-z', "unknown option '-z';", '-z'],
    ['-té', "unknown option '-é' in -té", '-é'],
  ])('%s', (line, message, path) => {
    expect(refusal(line)).toMatchObject({ path });
    expect(refusal(line)?.message).toContain(message);
  });
});
