import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completion } from '../../../src/commands/completion.ts';
import { vocabulary } from '../../../src/commands/vocabulary.ts';
import { allProtocols } from '../../../src/model/protocol.ts';
import { allFlags } from '../../../src/options/flag-table.ts';
import { spellings } from '../../../src/options/flags.ts';
import { reasonToSkip } from '../../support/requirements.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { oddNames } from '../support/machine.ts';
import { pathWith, pressTab, type Shell, shells } from '../support/shells.ts';

const states = [...vocabulary.states, ...Object.keys(vocabulary.stateGroups)];
const explainedStates = vocabulary.explainedStates.map((state) =>
  state
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/(?<=fin-wait)(?=\d)/, '-'),
);
const checkNames = vocabulary.checks.map(({ name }) => name);
const explained = [...new Set([...explainedStates, ...allProtocols, ...checkNames])];
const names = allFlags.filter(({ refusal }) => refusal === undefined).flatMap(spellings);

const folder = temporaryFolder('tsnetstat-completion-');
const env = pathWith(folder);

/** Where the program that stands in for tsnetstat leaves the words that it was run with. */
const ranWith = join(folder, 'ran-with');
/** What answers that program's questions. */
let offering: ChildProcess | undefined;

beforeAll(async () => {
  for (const shell of Object.keys(shells) as Shell[]) {
    writeFileSync(join(folder, `completion.${shell}`), completion(shell));
  }
  mkdirSync(join(folder, 'home', '.ssh'), { recursive: true });
  writeFileSync(join(folder, 'home', '.ssh', 'config'), 'Host zweb1 zweb2\n  User x\nHost z*\n');
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'files', 'with space.json'), '');
  // Offers what the program would on a machine of its own.
  const entry = new URL('../support/offering.ts', import.meta.url).pathname;
  const outfile = join(folder, 'offering.cjs');
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'cjs', outfile });
  offering = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(offering.stdout as Readable, 'data');
  Object.assign(env, { OFFERING_PORT: String(port).trim(), RAN_WITH: ranWith });
  copyFileSync(
    new URL('../support/stand-in.bash', import.meta.url).pathname,
    join(folder, 'tsnetstat'),
  );
  chmodSync(join(folder, 'tsnetstat'), 0o755);
  symlinkSync(join(folder, 'tsnetstat'), join(folder, 'home', 'tsnetstat'));
});
afterAll(() => {
  offering?.kill();
});

/** By case: a command line and what is offered, sorted; with `only` false, what is among it. */
interface Case {
  readonly line: string;
  readonly offered: readonly string[];
  readonly only?: false;
}

/** zsh and bash offer what stands for the last word; fish repeats a `--flag=` before it. */
const cases: readonly Case[] = [
  { line: '--sta', offered: ['--state', '--statistics'] },
  { line: '-t --exp', offered: ['--explain', '--exposed', '--exposure'] },
  { line: '--state est', offered: ['established'] },
  { line: '--state ', offered: states },
  { line: '--state EST', offered: ['ESTABLISHED'] },
  { line: '--state CLOSE_', offered: ['CLOSE_WAIT'] },
  { line: '-tan state TIME', offered: ['TIME_WAIT'] },
  { line: '--state close_', offered: ['close_wait'] },
  { line: '--explain time_', offered: ['time_wait', 'time_wait_limit'] },
  { line: '-tan state close_', offered: ['close_wait'] },
  { line: '--explain fin', offered: ['fin-wait-1', 'fin-wait-2'] },
  {
    line: '--format ',
    offered: ['csv', 'json', 'ndjson', 'netstat', 'openmetrics', 'prometheus', 'table'],
  },
  { line: '--format nd', offered: ['ndjson'] },
  { line: '--color a', offered: ['always', 'auto'] },
  { line: '--completion ', offered: ['bash', 'fish', 'powershell', 'zsh'] },
  { line: '-A ', offered: ['inet', 'inet6', 'ip', 'local', 'tcpip', 'unix'] },
  { line: '-tnA inet6', offered: ['inet6'] },
  { line: '--columns ', offered: vocabulary.columns.sockets },
  { line: '-tn --columns pro', offered: ['probes', 'program', 'proto'] },
  { line: '-rn --columns ', offered: vocabulary.columns.routes },
  { line: '-n --interfaces --columns ', offered: vocabulary.columns.interfaces },
  { line: '-g --columns ', offered: vocabulary.columns.groups },
  { line: '-s --columns ', offered: vocabulary.columns.statistics },
  { line: '--sort ', offered: vocabulary.sortKeys.sockets },
  { line: '-r --sort ', offered: vocabulary.sortKeys.routes },
  { line: '--sort -lport --columns prot', offered: ['proto'] },
  { line: '--diagnose acc', offered: ['accept-queue'] },
  { line: '--diagnose all', offered: ['all-checks'] },
  { line: '--ignore acc', offered: ['accept-queue'] },
  { line: '--diff f --ignore spo', offered: ['sport'] },
  { line: '--diff f --diagnose --ignore acc', offered: ['accept-queue'] },
  { line: '--state "est', offered: ['established'] },
  { line: '--on zwe', offered: ['zweb1', 'zweb2'] },
  { line: '--help ', offered: ['checks', 'columns', 'expressions', 'states'] },
  { line: '--help col', offered: ['columns'] },
  { line: '--explain CLOSE', offered: ['CLOSE', 'CLOSED', 'CLOSE_WAIT'] },
  { line: '--explain cl', offered: ['close', 'close-wait', 'closed', 'closing'] },
  { line: '--explain ', offered: explained },
  { line: '--explain ud', offered: ['udp', 'udp-drops', 'udplite'] },
  { line: '--explain Loc', offered: ['Local-Address', 'Local-Host'] },
  { line: '--explain PID/', offered: ['PID/Program', 'PID/Program-name'] },
  { line: '--explain Age', offered: ['Age-ms'] },
  { line: '--user roo', offered: ['root'], only: false },
  { line: '-tan state ', offered: states },
  { line: '-tan state established exclude tim', offered: ['time-wait'] },
  { line: '-tan sp', offered: ['sport'] },
  { line: '-tan dport = :443 and ds', offered: ['dst'] },
  { line: '-tan dport = :443 ', offered: ['and', 'or'] },
  { line: '-tan program ', offered: ['!=', '='] },
  { line: '-tan sport ', offered: ['!=', '=', 'ge', 'gt', 'le', 'lt'] },
  { line: '-tan sport = 4', offered: ['443', '4430', '49152'] },
  { line: '-tan dport = 4', offered: ['443'] },
  { line: '-tan program = ss', offered: ['sshd'] },
  { line: '-tan nonsense = ', offered: [] },
  { line: '-tan user = ro', offered: ['root'] },
  { line: '-i ', offered: ['eth0', 'eth1', 'lo'] },
  { line: '-n -i eth0 e', offered: ['eth1'] },
  { line: '-nI l', offered: ['lo'] },
  { line: '-rn ', offered: [] },
  { line: '--port ', offered: ['22', '443', '4430', '49152', '80'] },
  { line: '--port 44', offered: ['443', '4430'] },
  { line: '--pid 70', offered: ['700', '701', '702', '703'] },
  { line: '--program post', offered: ['postgres'] },
];

const lists: readonly Case[] = [
  { line: '--state established,syn-', offered: ['syn-recv', 'syn-sent'] },
  { line: '-A inet,', offered: ['inet6', 'ip', 'local', 'tcpip', 'unix'] },
  { line: '--columns proto,prog', offered: ['program'] },
  { line: '--explain close-wait,tim', offered: ['time-wait', 'time-wait-limit'] },
  { line: '--explain LISTEN,Recv', offered: ['Recv-B/s', 'Recv-Q'] },
  { line: '--state LISTEN,EST', offered: ['ESTABLISHED'] },
  { line: '--state time_wait,close_', offered: ['close_wait'] },
  { line: '--diagnose accept-queue,all', offered: ['all-checks'] },
  { line: '--columns program,pro', offered: ['probes', 'proto'] },
  { line: '--port 80,4', offered: ['443', '4430', '49152'] },
  { line: '--port 80,443,4', offered: ['4430', '49152'] },
  { line: '--pid 9,701,70', offered: ['700', '702', '703'] },
  { line: '--on zweb1,zwe', offered: ['zweb2'] },
  { line: '--ignore accept-queue,clo', offered: ['close-wait'] },
];

describe.each(Object.keys(shells) as Shell[])('%s', (shell) => {
  const reason = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['bash', shell] });
  // fish also offers a form in which an optional value follows.
  const ask = (lines: readonly string[]) => {
    const typed = lines.map((line) => `tsnetstat ${line}`);
    const found = shells[shell](join(folder, `completion.${shell}`), typed, env);
    return found.map((all) => all.filter((one) => !/^--(?:explain|diagnose|help)=$/.test(one)));
  };
  const offers = (line: string) => ask([line])[0] ?? [];
  /** What is offered for the lines of the tables, all typed in one shell. */
  const together = new Map<string, readonly string[]>();
  beforeAll(() => {
    if (reason !== null) return;
    const typed = [...cases, ...lists].map(({ line }) => line);
    for (const [at, found] of ask(typed).entries()) together.set(typed[at] ?? '', found);
  });

  describe.skipIf(reason !== null)(reason ?? 'is here', () => {
    test.each(cases)('$line', ({ line, offered, only }) => {
      // Where zsh has no argument to offer, it offers options, which may always come.
      const isOther = (one: string) => !(shell === 'zsh' && offered.length === 0 && /^-/.test(one));
      const found = together.get(line)?.filter(isOther);
      if (only === false) expect(found).toEqual(expect.arrayContaining([...offered]));
      else expect(found).toEqual([...offered].sort());
    });

    test.each(lists)('a list: $line', ({ line, offered }) => {
      // bash and fish complete the whole word, zsh the part behind the comma.
      const begun = shell === 'zsh' ? '' : (line.match(/\S+,/)?.[0] ?? '');
      expect(together.get(line)).toEqual(offered.map((value) => begun + value));
    });

    test('--flag=value', () => {
      const prefix = shell === 'fish' ? '--state=' : '';
      expect(offers('--state=li')).toEqual([`${prefix}listening`]);
    });

    test('descending sort keys, once the dash is typed', () => {
      const prefix = shell === 'fish' ? '--sort=' : '';
      expect(offers('--sort=-lo')).toEqual([`${prefix}-local`, `${prefix}-lost`]);
    });

    test('folders for --proc-root', () => {
      const found = offers(`--proc-root ${folder}/`).map((path) => path.replace(/\/$/, ''));
      expect(found.map((path) => path.replace(/^.*\//, ''))).toEqual(
        expect.arrayContaining(['files', 'home']),
      );
      expect(found.filter((path) => /completion\.|tsnetstat$/.test(path))).toEqual([]);
    });

    test('machines behind a user, and files of their names', () => {
      const user = shell === 'zsh' ? '' : 'me@';
      // bash replaces the sign with what stands behind it, and takes them for one.
      const found = offers('--on me@zwe');
      if (shell === 'bash') expect(inBashWords(['--on', 'me', '@', 'zwe'])).toContain('@zweb1');
      else expect(found).toEqual([`${user}zweb1`, `${user}zweb2`]);
      const file = join(folder, 'files', 'wi');
      const files = shell === 'bash' ? inBashWords(['--on', '@', file]) : offers(`--on @${file}`);
      expect(files.join()).toContain('with space.json');
    });

    test('what can be set of a check, behind a colon', () => {
      // bash takes what stands before the colon for a word by itself.
      const check = shell === 'fish' ? 'close-wait:' : '';
      expect(offers('--diagnose close-wait:co')).toEqual([`${check}count=20`]);
      const list = shell === 'fish' ? 'accept-queue,close-wait:' : '';
      expect(offers('--diagnose accept-queue,close-wait:m')).toEqual([`${list}many=1000`]);
    });

    test('a port with a colon before it', () => {
      // bash takes the colon for a word by itself.
      const colon = shell === 'bash' ? '' : ':';
      expect(offers('dport = :4')).toEqual([`${colon}443`]);
    });

    test('programs, but none that a terminal should not see', () => {
      const found = offers('--program no');
      expect(found).toHaveLength(oddNames.length + 1);
      if (shell !== 'bash') expect(found).toEqual([...oddNames, 'node'].sort());
      expect(offers('--program n')).toContain(
        shell === 'bash' ? 'nginx:\\ master' : 'nginx: master',
      );
    });

    test('nothing where anything goes', () => {
      expect(offers('--interval 1')).toEqual([]);
    });

    test('every flag that does something, and no other', () => {
      const long = names.filter((name) => name.startsWith('--'));
      expect(offers('--')).toEqual([...long].sort());
      const short = names.filter((name) => !name.startsWith('--'));
      expect(offers('-').filter((name) => !name.startsWith('--'))).toEqual([...short].sort());
    });
  });
});

test.skipIf(reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['fish'] }) !== null)(
  "fish shows no option's description with each value",
  () => {
    const lines = [
      '--color ',
      '--columns ',
      '--columns=src,',
      '-A ',
      '--state ',
      '--port ',
      '--help ',
    ];
    const asked = lines.map((line) => `complete -C 'tsnetstat ${line}'`).join('; ');
    const script = `source ${join(folder, 'completion.fish')}; ${asked}`;
    const offered = execFileSync('fish', ['--no-config', '-c', script], { env }).toString();
    const described = offered.split('\n').filter((line) => /\t./.test(line));
    expect(offered.split('\n').length).toBeGreaterThan(100);
    expect(described.filter((line) => !line.startsWith('--help='))).toEqual([]);
  },
);

/** What bash's script offers for words that bash has taken apart. */
function inBashWords(words: readonly string[]): readonly string[] {
  const program = `source "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _tsnetstat x
    for reply in "\${COMPREPLY[@]}"; do eval "echo $reply"; done`;
  const script = join(folder, 'completion.bash');
  const argv = ['--norc', '-c', program, 'bash', script, 'tsnetstat', ...words];
  return execFileSync('bash', argv, { env }).toString().split('\n').slice(0, -1);
}

/** Lines, and the words that the program is run with once Tab and Enter were pressed behind them. */
const tabbed = [
  ['--port 80,491', '<--port><80,49152>'],
  ['--port=491', '<--port=49152>'],
  ['--program ngi', '<--program><nginx: master>'],
  ['--program nginx:', '<--program><nginx: master>'],
  ['--program "ngi', '<--program><nginx: master>'],
  ["--program 'ngi", '<--program><nginx: master>'],
  ['-tan sport = 491', '<-tan><sport><=><49152>'],
  ['-tan sport = :491', '<-tan><sport><=><:49152>'],
  ['-tan state estab', '<-tan><state><established>'],
  ['--program no\\$', '<--program><no$(touch spoiled)>'],
  ["--program 'no`", '<--program><no`touch spoiled`>'],
  ['--program "no;', '<--program><no;touch spoiled>'],
  ["-tan '( sport = :491", '<-tan><( sport = :49152>'],
  ["-tan '( sport = 22 ' ", '<-tan><( sport = 22 >'],
  ['-tnAuni', '<-tnAunix>'],
  ['--sort -lpo', '<--sort><-lport>'],
  ['--state ESTAB', '<--state><ESTABLISHED>'],
  ['--explain Foreign-A', '<--explain><Foreign-Address>'],
  ['--explain=CLOSED,PID/Program-', '<--explain=CLOSED,PID/Program-name>'],
  ['--state=listening,TIME', '<--state=listening,TIME_WAIT>'],
  ['--diagnose close-wait:ma', '<--diagnose><close-wait:many=1000>'],
  ['--diagnose=close-wait:ma', '<--diagnose=close-wait:many=1000>'],
  ['--diagnose close-wait:count=7:ma', '<--diagnose><close-wait:count=7:many=1000>'],
  ['--diagnose close-wait:count=7,all', '<--diagnose><close-wait:count=7,all-checks>'],
  // Several operators: nothing is inserted, not even the backslash of quoted ones.
  ['-tan dst ', '<-tan><dst>'],
  ['-tan sport ', '<-tan><sport>'],
  ['-tan user = roo', '<-tan><user><=><root>'],
  ['-ni eth0 et', '<-ni><eth0><eth1>'],
  ['--wait --forma', '<--wait><--format>'],
  ["--diff f --ignore 'sport = 491", '<--diff><f><--ignore><sport = 49152>'],
  [`--diff ${folder}/files/wi`, `<--diff><${folder}/files/with space.json>`],
  [`--diff=${folder}/files/wi`, `<--diff=${folder}/files/with space.json>`],
  [`--diff '${folder}/files/wi`, `<--diff><${folder}/files/with space.json>`],
] as const;

describe.each(['bash', 'zsh', 'fish'])('Tab in a real %s', (shell) => {
  const reason = reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['bash', 'zsh', shell] });

  let ran: readonly string[] = [];
  beforeAll(() => {
    if (reason !== null) return;
    const script = join(folder, `completion.${shell}`);
    const lines = tabbed.map(([line]) => `tsnetstat ${line}`);
    ran = pressTab(shell, { script, lines, file: ranWith }, { ...env, TERM: 'dumb' });
  });

  test.skipIf(reason !== null).each(tabbed)('%s', (line, words) => {
    expect(ran[tabbed.findIndex(([one]) => one === line)] ?? 'nothing').toBe(words);
    expect(existsSync('spoiled')).toBe(false);
  });
});

describe.skipIf(reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['bash'] }) !== null)(
  'bash',
  () => {
    const inBash = (program: string) =>
      execFileSync('bash', ['--norc', '-c', program, 'bash', join(folder, 'completion.bash')], {
        env,
      }).toString();

    test('is registered by loading the script', () => {
      expect(inBash('source "$1"; complete -p tsnetstat')).toBe(
        'complete -F _tsnetstat tsnetstat\n',
      );
    });

    test('manages where = is no word break', () => {
      const words = 'COMP_WORDS=(tsnetstat --state=li) COMP_CWORD=1';
      const reply = 'source "$1"; _tsnetstat tsnetstat; echo "$COMPREPLY"';
      expect(inBash(`${words}; ${reply}`)).toBe('--state=listening\n');
    });

    test.each(['alias ns="tsnetstat -n"; shopt -s expand_aliases', 'ns() { tsnetstat "$@"; }'])(
      'asks the program by another name: %s',
      (named) => {
        const line =
          'COMP_WORDS=(ns --port 491) COMP_CWORD=2 COMP_LINE="ns --port 491" COMP_POINT=13';
        const reply = '_tsnetstat ns; echo "$COMPREPLY"';
        expect(inBash(`source "$1"; ${named}; ${line}; ${reply}`)).toBe('49152\n');
      },
    );

    test('asks a program in the home folder', () => {
      const line =
        'COMP_WORDS=(~/tsnetstat --port 491) COMP_CWORD=2 COMP_LINE="x --port 491" COMP_POINT=12';
      const reply = '_tsnetstat \'~/tsnetstat\'; echo "$COMPREPLY"';
      expect(inBash(`source "$1"; ${line}; ${reply}`)).toBe('49152\n');
    });

    test.each(['>', '>>', '<', '&>'])('files behind %s', (sign) => {
      const found = inBashWords(['-t', sign, join(folder, 'files', 'wi')]);
      expect(found).toEqual([join(folder, 'files', 'with space.json')]);
    });

    test('programs, whose names can make the shell do nothing', () => {
      const found = inBash(`source "$1"; cd "$(dirname "$1")"
        COMP_WORDS=(tsnetstat --program no) COMP_CWORD=2 COMP_LINE='tsnetstat --program no' COMP_POINT=22
        _tsnetstat tsnetstat
        for reply in "\${COMPREPLY[@]}"; do eval "printf '<%s>' $reply"; done`);
      const names = found.slice(1, -1).split('><').sort();
      expect(names).toEqual([...oddNames, 'node'].sort());
      expect(existsSync(join(folder, 'spoiled'))).toBe(false);
    });

    // Not with the helper of the other tests: it has globbing off.
    const usersOffered = (word: string) =>
      inBash(`source "$1"; cd "$(dirname "$1")"
        compgen() { printf '%s\\n' root www-data '*' 'two words' 'DOM\\user' '$(touch spoiled)' 'a,b'; }
        COMP_WORDS=(tsnetstat --user '${word}') COMP_CWORD=2
        _tsnetstat tsnetstat
        printf '%s\\n' "\${COMPREPLY[@]}"
        for reply in "\${COMPREPLY[@]}"; do eval "printf '<%s>' $reply"; done`);

    test('users, whose names can make the shell do nothing', () => {
      const [, ...evaluated] = usersOffered('').split(/\n(?=<)/);
      expect(evaluated).toEqual(['<root><www-data><*><two words><DOM\\user><$(touch spoiled)>']);
      expect(existsSync(join(folder, 'spoiled'))).toBe(false);
    });

    test('users behind a comma, none twice', () => {
      expect(usersOffered('root,').split('\n')[0]).toBe('root,www-data');
      expect(usersOffered('root,')).not.toContain('root,root');
    });

    test('uses nothing that bash 3.2, which macOS has, lacks', () => {
      const script = completion('bash');
      expect(script).not.toMatch(
        /mapfile|readarray|declare -A|local -n|\|&|&>>|\$\{\w+[,^]{1,2}\}/,
      );
      for (const line of script.split('\n').filter((text) => text.includes('compopt'))) {
        expect(line).toMatch(/2>\/dev\/null/);
      }
    });
  },
);

test.skipIf(reasonToSkip({ platforms: ['linux', 'darwin'], programs: ['bash', 'fish'] }) !== null)(
  'fish asks a program in the home folder',
  () => {
    const script = join(folder, 'completion.fish');
    expect(shells.fish(script, ['~/tsnetstat --port 491'], env)).toEqual([['49152']]);
  },
);
