import { describe, expect, it } from 'vitest';
import { isExpression } from '../../src/commands/words-known.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import { understood } from '../../src/options/foreign.ts';
import { answerToShortened, asTyped, habitAnswer } from '../../src/options/habit-answer.ts';
import { beginsCondition } from '../../src/select/expression/words.ts';
import { fieldWords } from '../../src/select/fields.ts';
import type { Asked } from '../support/listing.ts';
import { asked, refusal, split } from './support/lines.ts';

const platform = 'linux';

it.each([
  ['--wait abc -tn', 'abc', true, '--wait abc', 'seconds such as 30, 30s or 5m'],
  ['-tn --wait-g a,b', 'a,b', true, '--wait-gone a,b', 'seconds'],
  ['--serve a,b', 'a,b', true, '--serve a,b', 'a place such as 9917'],
  ['--diagnose 1.5', '1.5', true, '--diagnose 1.5', 'checks such as close-wait'],
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
      ...{
        about: 'expression',
        platform,
        argv: split(line),
        words: split(words),
        at: isFirst ? 0 : 5,
      },
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
  ['/a /n /o', '/a /n /o', 'a dash instead of the slash'],
  ['/a /n /p tcp 5', '/a /n /p tcp 5', 'a dash instead of the slash'],
])('%s is answered by what fits the report', (line, words, ours) => {
  const answer = habitAnswer({ about: 'expression', platform, argv: split(line), words: [words] });
  expect(answer).toContain(`${words}: type ${ours} (in `);
});

it.each([
  ['--lport 3001', '--lport 3001: type --local :3001 (in other tools'],
  ['--dport=3001', '--dport 3001: type --remote :3001 (in other tools'],
  ['-dport 3001', '-dport 3001: type --remote :3001 (in other tools'],
  ['-sport 3001', '-sport 3001: type --local :3001 (in other tools'],
  ['-rport 3001', '-rport 3001: type --remote :3001 (in other tools'],
  ['--sport=:22', '--sport :22: type --local :22 (in other tools'],
  ['--dport https', '--dport https: type --remote :https (in other tools'],
  ['--lport :8000-8100', '--lport :8000-8100: type --local :8000-8100 (in other tools'],
  ['--ndjson', '--ndjson: type --format ndjson (in other tools'],
  ['--output json', '--output json: type --format json (in other tools'],
  ['--output=csv', '--output csv: type --format csv (in other tools'],
  ['--output wide', '--output: type --format json (in other tools'],
  ['--tcp4', '--tcp4: type -t -4 (in other tools'],
  ['-an --udpv6', '--udpv6: type -u -6 (in other tools'],
  ['-i=lo', '-i=lo: type -i lo, with a blank instead of = (in other tools'],
  ['-tnc=2', '-tnc=2: type -tnc 2, with a blank instead of = (in other tools'],
  ['-tlnp=8080', 'type -tlnp --port 8080, or -tlnp --pid 8080 (in other tools'],
  ['-p=nginx', '-p=nginx: type -p --program nginx (in other tools'],
  ['-tlnp port 8080', 'port 8080: type --port 8080 (in tcpdump'],
  ['--uid 0', '--uid 0: type --user 0 (in other tools'],
  ['--uid', '--uid: type --user root (in other tools'],
  ['--name node', '--name node: type --program node (in other tools'],
  ['--command=node', '--command node: type --program node (in other tools'],
  ['--name --json', '--name: type --program nginx (in other tools'],
  ['--host shop.example', 'type --remote shop.example, or --local shop.example (in other'],
  ['--address 10.9.0.1', 'type --remote 10.9.0.1, or --local 10.9.0.1 (in other tools'],
  ['--container web', 'type --workload container:web, or --workloads for a column'],
  ['--pod shop/web-0', 'type --workload pod:shop/web-0, or --workloads for a column'],
  ['--limit 5', '--limit 5: type tsnetstat -tan -H | head -n 5 (in other tools'],
  ['--limit all', '--limit: type tsnetstat -tan -H | head -n 20 (in other tools'],
  ['--baseline old.json', 'type --diff old.json, with a file that --save wrote (in'],
  ['--compare=a=b.json', '--compare a=b.json: type --diff a=b.json, with a file'],
  ['--name nginx*', '--name: type --program nginx (in other tools'],
  ['--watch 0', '--watch: type -c, or --interval 2 (in'],
  ['--watch 5', '--watch 5: type -c, or --interval 5 (in'],
  ['--by port', '--by: type tsnetstat -tan -H --columns state | sort | uniq -c (in'],
  ['--group-by state', 'type tsnetstat -tan -H --columns state | sort | uniq -c (in'],
  ['--by program', 'type tsnetstat -tan -H --columns program | sort | uniq -c (in'],
  ['--group state', 'state: type tsnetstat -tan -H --columns state | sort | uniq -c (in'],
  ['--metrics', '--metrics: type --format prometheus, or --serve'],
  ['10.9.0.1:8080', 'type --remote 10.9.0.1:8080, or --local 10.9.0.1:8080 (in'],
  ['127.0.0.1:3000', 'type --remote 127.0.0.1:3000, or --local 127.0.0.1:3000 (in'],
  ['-i tcp:3000-3010', 'type tsnetstat -tanp --port 3000-3010; for only the PIDs of its servers, '],
  ['-f json', '-f: type --json,'],
  ['-o json', 'json: type --json,'],
  ['-f csv', '-f: type --format csv'],
  ['-tN web', 'web: type --netns web (in ss'],
  ['top', 'top: type --live (in '],
  ['-p icmp6', 'icmp6: type -w for raw sockets'],
  ['-p tcp46', 'tcp46: type -t or -u (in macOS'],
  ['-port 3001', '-port: type --port; a word takes two dashes'],
  ['-tan -port 3001', '-port: type --port; a word takes two dashes'],
  ['--programs nginx', 'nginx: type --program nginx (in '],
  ['--workloads docker:web', 'docker:web: type --workload docker:web (in '],
  ['-tulpn lo', "lo: type -i lo, or 'dev = lo' for"],
  ['-tulpn time-wait', 'time-wait: type --state time-wait (in '],
  ['-i udp:53', 'type tsnetstat -uanp --port 53; for only the PIDs of its servers, tsnetstat -ul '],
  ['-i :53', 'type tsnetstat -tuanp --port 53; for only the PIDs of its servers, tsnetstat -tul '],
  ['-i @10.0.0.5:22', 'type tsnetstat -tuanp --remote 10.0.0.5:22, or tsnetstat -tuanp --local '],
  ['-i -p 811', '811: type tsnetstat -tuanp --pid 811 (in lsof'],
  ['-a -p 811,812 -i', '811,812: type tsnetstat -tuanp --pid 811,812 (in lsof'],
  ['-p -i 811', '811: type --interval 811 (in Windows'],
  ['-r eth0', 'eth0: leave it out: -r lists all routes; on Linux, ip route show dev eth0 '],
  ['-g lo', 'lo: leave it out: -g lists all groups'],
  ['-s eth0', 'eth0: type tsnetstat -i eth0; '],
  ['-s tcp', 'tcp: type -t (in '],
  ['-an UDP6', 'UDP6: type -u -6 (in '],
  ['-s unix', 'unix: leave it out: '],
  ['-c ssh', "ssh: type --program 'ssh*' (in lsof"],
  ['udp port 53', 'udp port 53: type -u --port 53 (in tcpdump'],
  ['[::1]:22', '[::1]:22: type --remote [::1]:22, or --local [::1]:22 (in '],
  ['192.168.*.*', '192.168.*.*: type --remote 192.168.0.0/16, or --local 192.168.0.0/16 (in '],
  ['http://x/', 'http://x/: type --remote x (in '],
  ['https://[::1]:8443/a', 'type --remote [::1]:8443 (in '],
  ['--json true', 'true: leave it out: '],
  ['—tulpn', '—tulpn: this dash is not a hyphen (pasted from a page?): type -tulpn'],
  ['-tan —port', '—port: this dash is not a hyphen (pasted from a page?): type --port'],
  ['−−wide', '−−wide: this dash is not a hyphen (pasted from a page?): type --wide'],
])('%s is answered with what was typed', (line, expected) => {
  const argv = split(line);
  const words = argv.filter((word) => !word.startsWith('-'));
  const answer = habitAnswer({
    about: refusal(line)?.about ?? 'expression',
    platform,
    argv,
    words,
  });
  expect(answer).toContain(expected);
});

/** The answer to a line whose mistake is `about` something, as the program gives it. */
function answerTo(line: string, platform = 'linux'): string {
  const argv = split(line);
  const error = refusal(line, platform);
  const isAboutFlag = typeof error?.about === 'object';
  const words = isAboutFlag ? [] : argv.slice(argv.findIndex((word) => !word.startsWith('-')));
  const about = error === null ? 'expression' : error.about;
  const habit =
    about === null
      ? null
      : habitAnswer({ about, argv, words, platform, beginsCondition, isExpression });
  const named = asTyped(error?.summary ?? '', argv);
  return habit ?? answerToShortened(named, argv, platform) ?? named;
}

describe('an expression beside a report, which is a detail of sockets to ss', () => {
  const bundles = ['-i', '-ti', '-tin', '-tino', '-itn', '-t -i', '--interfaces -t', '-tn --inter'];
  const conditions = [...fieldWords.map((field) => `${field} 5`), 'state listening'];
  conditions.push('exclude time-wait', 'not dst 10.0.0.5', 'sport = :22', '( dst 10.0.0.5 )');

  it.each(bundles)('%s: each field and keyword, with -q too', (bundle) => {
    for (const condition of conditions) {
      for (const line of [`${bundle} ${condition}`, `-q ${bundle} ${condition}`]) {
        const [, ours = ''] =
          /^-i: type (tsnetstat --tcp-info .*) \(in ss: /.exec(answerTo(line)) ?? [];
        expect(ours, line).not.toBe('');
        const { report, filters } = asked(
          ours.slice('tsnetstat '.length).replaceAll("'", ''),
        ) as Asked;
        expect([report, filters.expression.join(' ')]).toEqual(['sockets', condition]);
      }
    }
  });

  it.each<readonly [string, string]>([
    ['-uin dst 10.0.0.5', '-i: type tsnetstat -un dst 10.0.0.5 (in ss'],
    ['-tr dst 10.0.0.5', '-r: type tsnetstat -t dst 10.0.0.5 (in ss'],
    ['-tr --json dst 10.0.0.5', '-r: type tsnetstat -t --json dst 10.0.0.5 (in ss'],
    // Rows that are counted are lines, and of one reading.
    ...[
      '-s --json',
      '-s --format=csv',
      '--format=prometheus -s',
      '-s --form=table',
      '-sc',
      '-s --continuous=2',
      '-s --interval=2',
    ].map(
      (flags) =>
        [
          `${flags} dst 10.0.0.5`,
          '-s: type tsnetstat -aH --columns state dst 10.0.0.5 | sort | uniq -c (in ss',
        ] as const,
    ),
    ['-ntr state established', '-r: type tsnetstat -nt state established (in ss'],
    ['-ts sport > :1024', "-s: type tsnetstat -aH --columns state -t sport '>' :1024 | sort"],
    ['-tg dst 10.0.0.5', 'dst: an expression is about sockets, not groups'],
    ['-ti --sort -i dst 10.0.0.5', 'type tsnetstat --tcp-info -t --sort -i dst 10.0.0.5 (in ss'],
    ['-i -Ainet dst 10.0.0.5', 'type tsnetstat --tcp-info -Ainet dst 10.0.0.5 (in ss'],
    ['-nifinet dst 10.0.0.5', 'type tsnetstat --tcp-info -nfinet dst 10.0.0.5 (in ss'],
    ['-K dst :443', 'nothing is closed here; tsnetstat --pids dst :443 | xargs kill ends'],
    ['-tK dport = :443', 'nothing is closed here; tsnetstat --pids -t dport = :443 | xargs'],
    ['--kill -t dst :443', 'nothing is closed here; tsnetstat --pids -t dst :443 | xargs'],
    ['-K --port 443', 'nothing is closed here; tsnetstat --pids --port 443 | xargs'],
    ['-t --kill --port=443', 'nothing is closed here; tsnetstat --pids -t --port=443 | xargs'],
    ['-tK', 'nothing is closed here; with a filter, --pids | xargs kill'],
    ['-K -f inet -p tcp', 'nothing is closed here; with a filter, --pids | xargs kill'],
    ['-K --sort rtt --columns src', 'nothing is closed here; with a filter, --pids | xargs kill'],
    ['-r not eth9', 'not: an expression is about sockets, not routes'],
    ['-i ( sport = 22', '(: an expression is about sockets, not interfaces'],
    ['-s dst one two', 'dst: an expression is about sockets, not statistics'],
    ['-K sport =', 'nothing is closed here; with a filter, --pids | xargs kill'],
    ['-K 22 23', 'nothing is closed here; with a filter, --pids | xargs kill'],
  ])('%s', (line, expected) => {
    expect(answerTo(line)).toContain(expected);
  });

  it.each([
    ['-tK dst :443', 'in PowerShell, Stop-Process -Id (tsnetstat --pids -t dst :443) ends'],
    ['-tK', 'with a filter, --pids prints the processes that hold them, for Stop-Process -Id'],
    ['-ts dst :443', 'type tsnetstat -aH --columns state -t dst :443 | group -NoElement, in Power'],
  ])('on Windows, by its own commands: %s', (line, expected) => {
    expect(answerTo(line, 'win32')).toContain(expected);
  });

  it('on Windows, which has no internals of TCP', () => {
    expect(answerTo('-ti dst 10.0.0.5', 'win32')).toContain(': type tsnetstat -t dst 10.0.0.5 (');
  });
});

describe("lsof's -P", () => {
  it.each(['-i -P -n', '-P -i -n', '-i -n -P', '-nPi', '-Pni', '-lnPi', '-i4 -P -n', '-nP -i'])(
    '%s lists all Internet sockets',
    (line) => {
      expect(answerTo(line)).toMatch(/^-P[^:]*: type tsnetstat -tuanp \(in lsof: /);
    },
  );

  it.each([
    ['-i tcp -n -P', 'tcp: type tsnetstat -tanp for TCP'],
    ['-P -i UDP', 'tsnetstat -uanp for UDP'],
    ['-nP -i :8080', 'type tsnetstat -tuanp --port 8080;'],
    ['-i -P -n -sTCP:LISTEN', '-sTCP:LISTEN: type tsnetstat -tlnp for servers'],
    ['-iTCP -sTCP:LISTEN -n -P', '-iTCP: type -tanp for TCP, -tlnp for its servers'],
    ['-a -i -P -p 811', '811: type tsnetstat -tuanp --pid 811 ('],
    ['-i -P -a -c nginx', "nginx: type tsnetstat -tuanp --program 'nginx*' ("],
    ['-an -P', '-P: type -n, or --numeric-ports ('],
    ['-P tcp', '-P tcp: type -t (in Solaris'],
    ['-P udp -an', '-P udp: type -u (in Solaris'],
    ['-f inet -P tcp', '-P tcp: type -t (in Solaris'],
    ['-anP UDP', '-P UDP in -anP UDP: type -u (in Solaris'],
  ])('%s', (line, expected) => {
    expect(answerTo(line)).toContain(expected);
  });
});

describe('programs beside -i', () => {
  const answerToName = (line: string) =>
    habitAnswer({
      about: 'interfaces',
      platform,
      argv: split(line),
      words: [line.match(/nginx|eth7/)?.[0] ?? ''],
    });

  it.each(['-i -a -c nginx', '-c nginx -i', '-ac nginx -i', '-a -c nginx -i'])('%s', (line) => {
    expect(answerToName(line)).toContain(
      "nginx: type tsnetstat -tuanp --program 'nginx*' (in lsof",
    );
  });

  it.each(['-ic nginx', '-i -c eth7', '-ic eth7', '-i nginx'])('not in %s', (line) => {
    expect(answerToName(line)).toBeNull();
  });
});

describe('a number behind letters', () => {
  it.each([
    ['-w1', '-w1: type --interval 1 ('],
    ['-w5 -i', '-w5: type --interval 5 ('],
    ['-I eth0 -w1', '-w1: type --interval 1 ('],
    ['-ihw1', '-ihw1: type -i --interval 1 ('],
    ['-an5', '-an5: type -an --interval 5 ('],
    ['-i5', '-i5: type -i --interval 5 ('],
    ['-c2', '-c2: type -c 2, with a blank'],
    ['-p811', '-p811: type --pid 811 ('],
    ['-zn5', "unknown option '-z' in -zn5"],
    ['-n0', '-0 in -n0: see ss'],
    ['-s -pudp', '-pudp: type -p udp, with a blank'],
    ['-anpudp6', '-anpudp6: type -anp udp6, with a blank'],
  ])('%s', (line, expected) => {
    expect(answerTo(line)).toContain(expected);
  });

  it.each(['-t4', '-an46', '-6rn', '-c 5'])('%s is none', (line) => {
    expect(refusal(line)).toBeNull();
  });
});

describe("ss's long options", () => {
  /** Those of `ss --help`, with a value where they take one; `--diag` is tested below. */
  const ofSs = [
    ...['help', 'version', 'numeric', 'resolve', 'all', 'listening', 'options', 'extended'],
    ...['memory', 'processes', 'threads', 'info', 'tipcinfo', 'summary', 'tos', 'cgroup', 'bpf'],
    ...['events', 'context', 'contexts', 'net=web', 'ipv4', 'ipv6', 'packet', 'tcp', 'mptcp'],
    ...['sctp', 'udp', 'dccp', 'raw', 'unix', 'tipc', 'vsock', 'xdp', 'family=inet', 'kill'],
    ...['no-header', 'oneline', 'inet-sockopt', 'query=tcp', 'socket=tcp'],
    'filter=FILE',
  ];
  /** Those that mean the same here. */
  const same = [
    ...['help', 'version', 'numeric', 'all', 'listening', 'tcp', 'udp', 'sctp', 'raw', 'unix'],
    ...['no-header', 'net=web'],
  ];

  it.each(ofSs)('--%s means the same here, or is answered', (name) => {
    const line = `--${name}`;
    if (same.includes(name)) expect(refusal(line)).toBeNull();
    else if (name === 'context') expect(answerTo(line)).toContain('on Linux, see ps -Z');
    else expect(answerTo(line)).toMatch(new RegExp(`^--${name.split('=')[0]}.*\\(in ss`));
  });

  it.each([
    ['--resolve', 'leave it out: names are shown unless -n is given'],
    ['--resolve -tn', 'leave it out: names are shown unless -n is given'],
    ['--resolve 5x', '--resolve 5x: expected a number of seconds'],
    ['--socket=tcp -n', '--socket: type -t, -u, -w,'],
    ['--diag=/tmp/d', '--diag /tmp/d: type --save /tmp/d, in JSON'],
    ['--diag=close-wiat', '--diag close-wiat: no such check'],
  ])('%s', (line, expected) => {
    const error = refusal(line)?.summary ?? `--diagnose ${line.split('=')[1]}: no such check`;
    const named = asTyped(error, split(line));
    expect(answerToShortened(named, split(line), platform) ?? named).toContain(expected);
  });
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

describe('a word that is none of the above', () => {
  const guess = (line: string, known: readonly string[] = [], at: number | null = 0) =>
    habitAnswer({
      ...{ about: 'expression', platform, argv: split(line), words: split(line).slice(1), at },
      beginsCondition: (word) => known.includes(word),
    });

  it.each([
    [
      '-tulpn sshd',
      'sshd: type --program sshd; for a service --port sshd, for a host --remote sshd',
    ],
    ['-t nginx.service', 'nginx.service: type --workload nginx.service (in systemctl: a unit)'],
    ['-t user@1000.service', 'type --workload user@1000.service (in '],
    ['-tl ssh.socket', 'type --workload ssh.socket (in '],
    ['-tl localhost', 'localhost: type --remote localhost, or --local localhost (in '],
    ['-tl host.example.org', 'type --remote host.example.org, or --local host.example.org (in '],
  ])('may be a name: %s', (line, expected) => {
    expect(guess(line)).toContain(expected);
  });

  it('may be another machine behind --on', () => {
    const behind = (line: string) =>
      habitAnswer({
        ...{ about: 'expression', platform, argv: split(line), words: ['web2'], at: 0 },
        beginsCondition: () => false,
      });
    expect(behind('--on web1 web2 -tln')).toMatch(
      /^web2: type --program web2; .*; for another machine --on web1,web2$/,
    );
    expect(behind('--on web1 -tln web2')).not.toContain('--on');
    expect(behind('--port web1 web2')).not.toContain('--on');
  });

  it('is no name if it resembles a field, or stands elsewhere', () => {
    expect(guess('-t sprot', ['sprot'])).toBeNull();
    expect(guess('-t sshd', [], null)).toBeNull();
    expect(guess('-t 00:11:22:33:44:55')).toBeNull();
  });
});

describe('values of a list that stand apart', () => {
  const apart = (line: string, words: string) =>
    habitAnswer({
      ...{ about: 'expression', platform, argv: split(line), words: split(words) },
      isValueOf: (flag, word) => flag !== 'columns' || ['src', 'dst', 'state'].includes(word),
    });

  it.each([
    ['-t --columns src dst', 'dst', '--columns src,dst'],
    ['--colum src,dst state -t', 'state', '--columns src,dst,state'],
    ['--columns src,dst, state', 'state', '--columns src,dst,state'],
    ['--port 22 80 443', '80 443', '--port 22,80,443'],
    ['--state established listen', 'listen', '--state established,listen'],
  ])('are joined by commas: %s', (line, words, joined) => {
    expect(apart(line, words)).toContain(`: separate several by commas: ${joined}`);
  });

  it.each([
    ['-t --columns src dst x', 'dst x', 'one is no value'],
    ['-t --columns src -n dst', 'dst', 'a flag is between them'],
    ['-- --columns src dst', '--columns src dst', 'the flags have ended'],
    ['--program sshd state', 'state', 'the flag takes no list'],
  ])('but not in %s: %s', (line, words) => {
    expect(apart(line, words) ?? '').not.toContain('commas');
  });

  it('as the words of an expression after --ignore', () => {
    const ignored = (line: string) =>
      habitAnswer({ about: { filter: 'ignore' }, platform, argv: split(line), words: [] });
    expect(ignored('--diff F --ignore sport = :22 -t')).toBe(
      "--ignore: give the expression as one argument: --ignore 'sport = :22'",
    );
    expect(ignored('--diff F --ignore sport')).toBeNull();
  });
});

it.each([
  ['--tlpn', "unknown option '--tlpn' (did you mean -tlpn?)"],
  ['--what', "unknown option '--what';"],
  ['--an', "unknown option '--an' (did you mean -an?)"],
  ['--anp', "unknown option '--anp' (did you mean -anp?)"],
  ['--ano', "unknown option '--ano' (did you mean -ano?)"],
  ['--rn', "unknown option '--rn' (did you mean -rn?)"],
  ['--nr', "unknown option '--nr' (did you mean -nr?)"],
  ['--ie', "unknown option '--ie' (did you mean -ie?)"],
  ['--ant', "unknown option '--ant' (did you mean -ant?)"],
  ['--gn', "unknown option '--gn' (did you mean -gn?)"],
  ['--plant', "unknown option '--plant' (did you mean -plant?)"],
  ['--stun', "unknown option '--stun' (did you mean -stun?)"],
  ['--nope', "unknown option '--nope'; see tsnetstat --help"],
  ['--past', "unknown option '--past'; see tsnetstat --help"],
  ['--tail', "unknown option '--tail'; see tsnetstat --help"],
  ['--ports', "unknown option '--ports' (did you mean --port or"],
  ['--tpc', '(did you mean --tcp?)'],
  ['-tulpn-', "unknown option '-' in -tulpn-; see"],
  ['-t-', "unknown option '-' in -t-; see"],
  ['-tul-pn', "unknown option '-' in -tul-pn; see"],
  ['-n -t- sport = 22', "unknown option '-' in -t-; see"],
  ['--columns', '--columns: expected names such as proto,src,dst,state; --help columns lists all'],
  ['--format', '--format: expected one of netstat, table,'],
  ['--src', '--src: expected addresses such as 10.0.0.5,'],
  ['-tA', '-A: expected families: inet, inet6, unix'],
  ['--save', '--save: expected a file such as ports.json'],
  ['--completion ksh', '--completion ksh: not one of bash, zsh, fish, powershell'],
  ['--interval 5x', '--interval 5x: expected a number of seconds, or a time such as 500ms or 5m'],
  ['--interval 0', '--interval 0: expected a number of seconds, 0.001 to '],
  ['--continuous=0 -t', '--continuous 0: expected a number of seconds, 0.001 to '],
  [
    '--continuous=abc',
    '--continuous abc: expected a number of seconds, or a time such as 500ms or 5m',
  ],
  ['-tnc -1', '-c -1: expected a number of seconds, or a time'],
  ['--wait -1 -t', '--wait -1: expected a number of seconds, or a time'],
  ['--wait-gone -.5', '--wait-gone -.5: expected a number of seconds, or a time'],
  ['-t -1', "unknown option '-1'; see"],
  ['--columns src --json', '--columns cannot be used with --json, which'],
  ['--columns src --format ndjson', '--columns cannot be used with --format ndjson, which'],
])('%s: %s', (line, expected) => {
  expect(refusal(line)?.message).toContain(expected);
});

it.each(['--sort -recv-rate', '--program=a-b', '-Ainet', '-tAinet', '-- -t-', '-t -- -t-'])(
  '%s has no stray dash',
  (line) => {
    expect(refusal(line)).toBeNull();
  },
);

describe('a wait for as many seconds as a port has', () => {
  it.each(['--wait 8080', '-q --wait-gone=8080', '-tl --wait 5432'])('is refused: %s', (line) => {
    expect(refusal(line)?.message).toMatch(
      /waits (\d+) seconds for any socket; .* --port \1, .* \1s$/,
    );
  });

  it('is of no port where only UNIX sockets are asked for', () => {
    expect(refusal('-x --wait 8080')?.message).toMatch(
      /any socket; UNIX sockets have no ports; for the seconds type 8080s$/,
    );
  });

  it.each([
    ['--wait 8080 --port 80', 'with a filter'],
    ['--wait 8080 --exposed', 'with a filter'],
    ['--wait 8080 sport = 22', 'with an expression'],
    ['--wait 8080s', 'with a unit'],
    ['--wait 999', 'for less'],
    ['--wait 86400', 'for more than a port can be'],
    ['-i lo --wait 8080', 'for an interface'],
  ])('is understood: %s, %s', (line) => {
    expect(refusal(line)).toBeNull();
  });
});

it("a filter's value is no other tool's flag, whatever the filter is called", () => {
  expect(
    habitAnswer({ about: { filter: 'kill' }, platform, argv: ['--kill'], words: [] }),
  ).toBeNull();
  expect(
    habitAnswer({ about: { flag: '--kill' }, platform, argv: ['--kill'], words: [] }),
  ).not.toBeNull();
});

it('words that only begin as a state do are none', () => {
  const answer = habitAnswer({
    about: 'expression',
    platform,
    argv: ['-tan', 'timer'],
    words: ['timer'],
  });
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
      platform,
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
      platform,
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
    ['--cont=500ms -i lo', '-i lo --interval 0.5'],
    ['--continuous=2 -- --x', '--interval 2 -- --x'],
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
    ['darwin', '-w 2', '--interval 2', '-w is the interval'],
    ['darwin', '-tan -w 2', '-tan --interval 2', 'beside others'],
    ['darwin', '-p tcp -w 2', '-t --interval 2', 'and a protocol'],
    ['darwin', '-I en0 -w 1', '-i en0 --interval 1', 'of an interface'],
    ['darwin', '-nvw 10', '-nvp --interval 10', 'in a bundle'],
    ['darwin', '-c -w 2', '-c --interval 2', 'beside -c'],
    ['darwin', '-w 2 -c', '--interval 2 -c', 'before it'],
    ['darwin', '-uw', '-uw', 'without a number it is raw IP'],
    ['darwin', '--user -w 2', '--user=-w 2', 'nor is a value one'],
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

it.each(['and', 'or', 'not'])("of %s alone, the expression's own message stands", (word) => {
  const asked = {
    about: 'expression',
    platform,
    argv: ['-tan', word],
    words: [word],
    at: 0,
  } as const;
  expect(habitAnswer({ ...asked, beginsCondition })).toBeNull();
});
