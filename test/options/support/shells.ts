import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What a real shell offers at the end of a command line, the script loaded. */
export type Candidates = (script: string, line: string, env: NodeJS.ProcessEnv) => string[];

const zshHelper = new URL('zsh-candidates.zsh', import.meta.url).pathname;

function lines(text: string): string[] {
  return [...new Set(text.split('\n').filter((line) => line !== ''))].sort();
}

/** bash takes words apart itself; it does so here, at its own word breaks, for the script to see. */
function bash(script: string, line: string, env: NodeJS.ProcessEnv): string[] {
  const program = `
    source "$1"
    set -f
    COMP_LINE=$2 COMP_POINT=\${#2}
    COMP_WORDS=($(printf '%s' "$2" | sed 's/[=:][=:]*/ & /g'))
    case $2 in *[\\ =:]) COMP_WORDS+=('') ;; esac
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _tsnetstat tsnetstat
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(
    execFileSync('bash', ['--norc', '-c', program, 'bash', script, line], { env }).toString(),
  );
}

function zsh(script: string, line: string, env: NodeJS.ProcessEnv): string[] {
  const output = execFileSync('zsh', ['-f', zshHelper, script, line], { env }).toString();
  return lines(
    [...output.replaceAll('\r', '').matchAll(/^<(.*)>$/gm)]
      .map(([, candidate]) => candidate)
      .join('\n'),
  );
}

function fish(script: string, line: string, env: NodeJS.ProcessEnv): string[] {
  const program = 'source $argv[1]; complete -C $argv[2]';
  const output = execFileSync('fish', ['--no-config', '-c', program, script, line], { env });
  return lines(output.toString().replace(/\t.*/g, ''));
}

const tabHelper = new URL('press-tab.zsh', import.meta.url).pathname;

/** Types a line into a real shell, then Tab and Enter, and waits until `file` is there. */
export function pressTab(
  shell: string,
  { script, line, file }: { readonly script: string; readonly line: string; readonly file: string },
  env: NodeJS.ProcessEnv,
): void {
  execFileSync('zsh', ['-f', tabHelper, shell, script, line, file], { env });
}

export const shells = { bash, zsh, fish } as const satisfies Record<string, Candidates>;
export type Shell = keyof typeof shells;

export function pathWith(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: join(folder, 'home') };
}
