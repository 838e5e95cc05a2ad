import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { completion } from '../../src/commands/completion.ts';
import { vocabulary } from '../../src/commands/vocabulary.ts';
import { flagTable } from '../../src/options/flag-table.ts';
import { type Flag, spellings } from '../../src/options/flags.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { pathWith, type Shell, shells } from './support/shells.ts';

// A shell that loads its completion system takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const states = [...vocabulary.states, ...Object.keys(vocabulary.stateGroups)];
const names = (flagTable as readonly Flag[])
  .filter(({ refusal }) => refusal === undefined)
  .flatMap(spellings);

/** Names that a hostile or merely odd program may give itself, as a listing shows them. */
const programs = ['nginx: master', 'node', 'node,postgres', '-', '(denied)', 'no$(touch spoiled)'];

const folder = mkdtempSync(join(tmpdir(), 'tsnetstat-completion-'));
const env = pathWith(folder);

beforeAll(() => {
  for (const shell of Object.keys(shells)) {
    writeFileSync(join(folder, `completion.${shell}`), completion(shell));
  }
  mkdirSync(join(folder, 'home'));
  mkdirSync(join(folder, 'files'));
  // Stands in for the program: answers the one question that completions ask it.
  const listing = programs.map((name) => `'${name}'`).join(' ');
  const asked = '[ "$*" = "-an --no-header --columns program" ]';
  writeFileSync(
    join(folder, 'tsnetstat'),
    `#!/bin/sh\n${asked} && printf '%s\\n' ${listing} '\\x1b[31mred'\n`,
  );
  chmodSync(join(folder, 'tsnetstat'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By case: a command line and what is offered, sorted; with `only` false, what is among it. */
interface Case {
  readonly line: string;
  readonly offered: readonly string[];
  readonly only?: false;
}

/** zsh and bash offer what stands for the last word; fish repeats a `--flag=` before it. */
const cases: readonly Case[] = [
  { line: '--sta', offered: ['--state', '--statistics'] },
  { line: '-t --exp', offered: ['--explain', '--exposed'] },
  { line: '--state est', offered: ['established'] },
  { line: '--state ', offered: states },
  { line: '--format ', offered: ['csv', 'json', 'ndjson', 'netstat', 'table'] },
  { line: '--format nd', offered: ['ndjson'] },
  { line: '--color a', offered: ['always', 'auto'] },
  { line: '--completion ', offered: ['bash', 'fish', 'zsh'] },
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
  { line: '--explain CLOSE', offered: ['CLOSE', 'CLOSED', 'CLOSE_WAIT'] },
  { line: '--user roo', offered: ['root'], only: false },
  { line: '-tan state ', offered: states },
  { line: '-tan state established exclude tim', offered: ['time-wait'] },
  { line: '-tan sp', offered: ['sport'] },
  { line: '-tan dport = :443 and ds', offered: ['dst'] },
];

const lists: readonly Case[] = [
  { line: '--state established,syn-', offered: ['syn-recv', 'syn-sent'] },
  { line: '-A inet,', offered: ['inet6', 'ip', 'local', 'tcpip', 'unix'] },
  { line: '--columns proto,prog', offered: ['program'] },
  { line: '--columns program,pro', offered: ['probes', 'proto'] },
];

describe.each(Object.keys(shells) as Shell[])('%s', (shell) => {
  const reason = reasonToSkip({ platforms: ['linux', 'darwin'], programs: [shell] });
  // fish also offers a form in which an optional value follows.
  const offers = (line: string) =>
    shells[shell](join(folder, `completion.${shell}`), `tsnetstat ${line}`, env).filter(
      (offered) => offered !== '--explain=',
    );

  describe.skipIf(reason !== null)(reason ?? 'is here', () => {
    test.each(cases)('$line', ({ line, offered, only }) => {
      const found = offers(line);
      if (only === false) expect(found).toEqual(expect.arrayContaining([...offered]));
      else expect(found).toEqual([...offered].sort());
    });

    test.each(lists)('a list: $line', ({ line, offered }) => {
      // bash and fish complete the whole word, zsh the part behind the comma.
      const begun = shell === 'zsh' ? '' : (line.match(/\S+,/)?.[0] ?? '');
      expect(offers(line)).toEqual(offered.map((value) => begun + value));
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

    test('programs that hold sockets, none of which can make the shell do anything', () => {
      const found = offers('--program n');
      const quoted = shell === 'bash';
      expect(found).toEqual(
        [
          quoted ? 'nginx:\\ master' : 'nginx: master',
          quoted ? 'no\\$\\(touch\\ spoiled\\)' : 'no$(touch spoiled)',
          'node',
        ].sort(),
      );
      expect(existsSync('spoiled')).toBe(false);
      const all = offers('--program ');
      expect(all).toContain('postgres');
      expect(all.filter((name) => /denied|red|^-$/.test(name))).toEqual([]);
    });

    test('nothing where anything goes', () => {
      expect(offers('--port 2')).toEqual([]);
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

test('a shell that there is no script for', () => {
  expect(() => completion('tcsh')).toThrow('--completion tcsh: not one of bash, zsh, fish');
});
