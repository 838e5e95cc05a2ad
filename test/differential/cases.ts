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
-tan
-tulpn
-plnt
-tupan
-tuUwxanp
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

/** Each case's arguments. */
export const cases: readonly (readonly string[])[] = lines
  .slice(1, -1)
  .split('\n')
  .map((line) => line.split(' ').filter((word) => word !== ''));

/**
 * A named table that this kernel may lack: net-tools prints what comes before it, then ends with an
 * error. tsnetstat says so too, and need not print a beginning.
 */
export const refusedWithoutSctp: readonly (readonly string[])[] = [['-S'], ['-tSan'], ['-tSux']];

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
