import { existsSync } from 'node:fs';

/** The command lines that both programs are given: the classes of flags, and the ways to write them. */
const lines = `

-t
-u
-U
-w
-x
-l
-a
-n
-p
-e
-ee
-o
-W
-v
-al
-la
-tl
-ta
-tn
-C -tn
-tan
-tulpn
-plnt
-tupan
-tuUwxanp
-S
-lx
-ax
-xp
-xap
-xapW
-xaeeo
-lw
-wan
-wae
-Ulne
-Ua
-ua
-une
-tae
-tane
-tanee
-tanep
-tap
-taW
-tuaW
-tnW
-tanpW
-taeepW
-4
-6
-46
-64
-4a
-6l
-4uln
-6tan
-4x
-6x
-6xa
-46tul
-4tunap
-A inet
-A inet6 -a
-A unix
-A unix -t
-A inet,unix -l
-A unix,inet6 -an
-A inet -A inet6 -tan
-A inet -x
-A tcpip -tn
--inet
--inet6 --all
--inet --inet6 -tl
--ip -an
--unix -a
--protocol=inet -t
--protocol=unix --listening
--protocol inet6 --numeric
--tcp --listening --numeric
--udp --all
--udplite --raw --all --numeric
--tcp --udp --listening --programs --numeric
--all --extend --numeric-users
--all --tcp --numeric-hosts
--all --tcp --numeric-ports
--all --udp --numeric-hosts --numeric-users --extend
--wide --all --numeric-ports
--list --prog --tcp
--symbolic -tan
-N -ta
-F -tn
-n -a -t -p
-tSan
-6San
-tSux
-e -n -a -u -t
-o -tan
-tanpo
-tanepo
-tanepoW
-tuUwaneo
-4no
-6ao
--timers --all
`;

const all: readonly (readonly string[])[] = lines
  .slice(1, -1)
  .split('\n')
  .map((line) => line.split(' ').filter((word) => word !== ''));

const letters = (args: readonly string[]) =>
  args.filter((arg) => /^-[^-]/.test(arg) && !arg.startsWith('-A')).join('');

/** Timers run: two readings never agree. */
export function showsTimers(args: readonly string[]): boolean {
  return letters(args).includes('o') || args.includes('--timers');
}

export function isWide(args: readonly string[]): boolean {
  return letters(args).includes('W') || args.includes('--wide');
}

export function showsPrograms(args: readonly string[]): boolean {
  return letters(args).includes('p') || args.some((arg) => arg.startsWith('--prog'));
}

/** True where a protocol is named that this kernel has no table for. */
function namesAbsent(args: readonly string[]): boolean {
  const named = (letter: string, word: string) =>
    letters(args).includes(letter) || args.includes(word);
  // net-tools looks for SCTP's one table only where IPv4 is wanted.
  const onlyIpv6 = named('6', '--inet6') && !named('4', '--inet');
  return (
    (named('S', '--sctp') && !onlyIpv6 && !existsSync('/proc/net/sctp/eps')) ||
    (named('U', '--udplite') && !existsSync('/proc/net/udplite'))
  );
}

/** Each case's arguments. */
export const cases = all.filter((args) => !namesAbsent(args));

/**
 * Cases that this kernel lacks a table for: net-tools prints what comes before it, then ends with an
 * error. tsnetstat says so too, and need not print a beginning.
 */
export const refused = all.filter(namesAbsent);

/** For `it.each`: a name, and the arguments. */
export const table = (rows: readonly (readonly string[])[]) =>
  rows.map((args) => [args.join(' ') || '(no flags)', args] as const);
