import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What a real shell offers at the end of each command line, all typed in one shell with the script loaded. */
export type Candidates = (
  script: string,
  lines: readonly string[],
  env: NodeJS.ProcessEnv,
) => readonly (readonly string[])[];

const zshHelper = new URL('zsh-candidates.zsh', import.meta.url).pathname;

/** What ends the answers for a line. */
const separator = '-- next --';

/** Takes apart what a shell printed. */
function answers(output: string, lines: readonly string[]): readonly (readonly string[])[] {
  const parts = output.split(`${separator}\n`);
  if (parts.pop() !== '' || parts.length !== lines.length) {
    throw new Error(`${parts.length} answers for ${lines.length} lines: ${output}`);
  }
  return parts.map((part) => [...new Set(part.split('\n').filter((line) => line !== ''))].sort());
}

/** bash takes words apart itself; it does so here, at its own word breaks, for the script to see. */
const bash: Candidates = (script, lines, env) => {
  const program = `
    source "$1"
    separator=$2
    shift 2
    set -f
    for line; do
      COMP_LINE=$line COMP_POINT=\${#line}
      COMP_WORDS=($(printf '%s' "$line" | sed 's/[=:][=:]*/ & /g'))
      case $line in *[\\ =:]) COMP_WORDS+=('') ;; esac
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      COMPREPLY=()
      _tsnetstat tsnetstat
      printf '%s\\n' "\${COMPREPLY[@]}" "$separator"
    done`;
  const argv = ['--norc', '-c', program, 'bash', script, separator, ...lines];
  return answers(execFileSync('bash', argv, { env }).toString(), lines);
};

const zsh: Candidates = (script, lines, env) => {
  const argv = ['-f', zshHelper, script, separator, ...lines];
  const output = execFileSync('zsh', argv, { env }).toString().replaceAll('\r', '');
  const found = [...output.matchAll(/^(?:<(.*)>|-- next --)$/gm)].map(([all, one]) => one ?? all);
  return answers(found.map((line) => `${line}\n`).join(''), lines);
};

const fish: Candidates = (script, lines, env) => {
  const program = `source $argv[1]
    for line in $argv[3..]
      complete -C $line
      echo $argv[2]
    end`;
  const argv = ['--no-config', '-c', program, script, separator, ...lines];
  const output = execFileSync('fish', argv, { env }).toString();
  return answers(output.replace(/\t.*/g, ''), lines);
};

const tabHelper = new URL('press-tab.zsh', import.meta.url).pathname;

/**
 * Types lines into a real shell, then Tab and Enter behind each. Returns what the program that each runs leaves in
 * `file`, up to the first that leaves nothing.
 */
export function pressTab(
  shell: string,
  {
    script,
    lines,
    file,
  }: { readonly script: string; readonly lines: readonly string[]; readonly file: string },
  env: NodeJS.ProcessEnv,
): readonly string[] {
  const argv = ['-f', tabHelper, shell, script, file, ...lines];
  return execFileSync('zsh', argv, { env }).toString().split('\0').slice(0, -1);
}

export const shells = { bash, zsh, fish } as const satisfies Record<string, Candidates>;
export type Shell = keyof typeof shells;

/** The environment of a shell whose programs, home and temporary files are in a folder. */
export function pathWith(folder: string): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { ...process.env, PATH: `${folder}:${PATH}`, HOME: join(folder, 'home'), TMPDIR: folder };
}
