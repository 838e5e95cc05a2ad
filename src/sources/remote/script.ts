import { linkFiles } from '../linux/interfaces/sysfs.ts';
import { ownExecutable } from '../linux/proc/received-proc.ts';
import { streamVersion } from './frames.ts';

/** A request to a machine. */
export interface Ask {
  /** Files below /proc; the beginning of `ownExecutable` is always sent. */
  readonly files: readonly string[];
  /** What to send of each process; null: nothing. */
  readonly processes: ProcessAsk | null;
  /** Send facts about interfaces that are not in the files of /proc. */
  readonly interfaces: boolean;
  /** Other files, by their full paths. */
  readonly others: readonly string[];
  /** Directories whose existence is to be reported. */
  readonly folders: readonly string[];
  /** Arguments for the machine's own tsnetstat, which is tried first; null: it is not used. */
  readonly tsnetstat: readonly string[] | null;
}

/** What to send of each process. */
export interface ProcessAsk {
  /** Its descriptors, and which of them are sockets. */
  readonly descriptors: boolean;
  /** The path of its executable. */
  readonly executable: boolean;
  /** Files below its directory. */
  readonly files: readonly string[];
  /** The most bytes of each file. */
  readonly most: number;
}

/** A word without special meaning in a shell. */
const plainWord = /^[\w./=,:@%+-]+$/;

/** The prefix of paths that are not below /proc. */
export const otherPrefix = 'file:';

/** Lines for start-up files of the login shell that read some of standard input. */
const forOthers = '\n\n\n';

/** Processes per batch: a program is started for each kind of fact about them. */
const processesAtOnce = 200;

/** Interfaces per batch: those of thousands are too many arguments, and shells are slow with long texts. */
const interfacesAtOnce = 50;

/** `${variable:-other}` */
const or = (variable: string, other: string) => `\${${variable}:-${other}}`;

/** `${variable#prefix}` */
const less = (variable: string, prefix: string) => `\${${variable}#${prefix}}`;

/**
 * The common part of all scripts. It uses only POSIX's sh and tools, and of these only what busybox has too, except
 * `head -qc`, which is tested first. It writes to no file.
 *
 * `send HOW FILE…` sends files; `[ -r` checks for missing ones first, since cat's error messages are text. Words are
 * gathered in variables, since adding to the arguments (`set -- "$@" …`) copies all of them each time. The
 * separator is the environment of the sending program, so that one program sends hundreds of files. The program is
 * started by its path: by name, busybox's shell would run it without exec, and so with the shell's own environment. If
 * there is no such path, files are sent one by one. Its environment must stay the same, so the script's own variables
 * must not be exported ones of the user.
 */
const functions = String.raw`
E=/proc/self/environ
N=net
unset LANG LANGUAGE LC_ALL LC_CTYPE LC_MESSAGES LC_TIME LC_COLLATE LC_NUMERIC QUOTING_STYLE TIME_STYLE LS_COLORS
unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK SSH_ORIGINAL_COMMAND USER LOGNAME HOME SHELL MAIL PWD OLDPWD
unset TERM SHLVL XDG_SESSION_ID XDG_RUNTIME_DIR XDG_SESSION_TYPE XDG_SESSION_CLASS XDG_DATA_DIRS
unset DBUS_SESSION_BUS_ADDRESS MOTD_SHOWN POSIXLY_CORRECT BLOCKSIZE BLOCK_SIZE LS_BLOCK_SIZE
unset A B C D F G H I L P Q S V W X CAT HEADS NAMES
where() {
  case $1 in
    ${otherPrefix}*) W=${less('1', otherPrefix)} ;;
    net/*) W=/proc/$N${less('1', 'net')} ;;
    *) W=/proc/$1 ;;
  esac
}
send() {
  H=$1
  shift
  G= V=
  for F; do
    where "$F"
    if [ -r "$W" ]; then G="$G $F" V="$V $W $E"
    elif [ -e "$W" ]; then echo "$T no EACCES $F"
    else echo "$T no ENOENT $F"
    fi
  done
  [ -n "$G" ] || return 0
  echo "$T files$G"
  T=$T $H $E $E $V
  echo
}
program() {
  IFS=:
  for D in $PATH; do
    case $D in /*) ;; *) continue ;; esac
    case $D in *[!A-Za-z0-9/._+-]*) continue ;; esac
    if [ -f "$D/$1" ] && [ -x "$D/$1" ]; then
      echo "$D/$1"
      break
    fi
  done
}
each() {
  for F; do
    if [ "$F" = $E ]; then echo "$T"; else cat "$F"; fi
  done
}
heads() {
  H=$(program head)
  if [ -n "$H" ] && [ "$(echo ab | $H -qc 1)" = a ]; then
    S=$(env | wc -c)
    echo "$H -qc $(($1 + S + 64))"
  else echo "$CAT"
  fi
}
blob() {
  B=$1
  shift
  echo "$T blob $B"
  "$@"
  X=$?
  echo
  echo "$T end $X"
}
processes() {
  Q=
  ls -lnq /proc/self/fd >/dev/null && Q=q
  D=
  ls -lnb /proc/self/fd >/dev/null && D=b && echo "$T escaped"
  P=
  C=0
  for F in /proc/[0-9]*; do
    P="$P ${less('F', '/proc/')}"
    C=$((C + 1))
    [ $C -lt ${processesAtOnce} ] || { some $P; P=; C=0; }
  done
  [ -z "$P" ] || some $P
}
some() {
  echo "$T pids $*"
  L=
  A=
  for I; do
    if [ -r /proc/$I/fd ]; then L="$L /proc/$I/fd"; A="$A /proc/$I/exe"
    elif [ -d /proc/$I ]; then echo "$T denied $I"
    fi
  done
  [ -z "$L" ] || about
  L=
  for I; do
    for F in $NAMES; do L="$L $I/$F"; done
  done
  [ -z "$L" ] || send "$HEADS" $L
  for I; do [ -d /proc/$I ] || echo "$T gone $I"; done
}
descriptors() {
  LC_ALL=C ls -ln$Q $L /proc/self/fd | sed -n \
    -e '/^\/proc\/self\/fd:$/q' \
    -e 's/^\/proc\/\([0-9][0-9]*\)\/fd:$/p\1/p' -e t \
    -e 's/^l[^>]* \([0-9][0-9]*\) -> socket:\[\([0-9][0-9]*\)\]$/\1 \2/p' -e t \
    -e 's/^l[^>]* \([0-9][0-9]*\) -> .*$/\1 0/p' -e t \
    -e 's/^l[^>?]* \([0-9][0-9]*\)$/\1/p'
}
executables() {
  LC_ALL=C ls -dln$D $A | sed -n \
    -e 's/^l[^>]* \/proc\/\([0-9][0-9]*\)\/exe -> \(.*\)$/\1 \2/p' -e t \
    -e 's/^l[^>?]* \/proc\/\([0-9][0-9]*\)\/exe$/\1/p'
}
replaced() {
  executables | sed -n 's/^\([0-9][0-9]*\) \(\/[^\\ ]*\)\\\{0,1\} (deleted)$/\1 \2/p' |
    while read -r I F; do
      [ ! -e "/proc/$I/root$F" ] || echo "$I"
    done
}
`;

/**
 * Returns the script for a `sh` on the machine. `token`: hexadecimal digits. The script ends after the answer, unless
 * the machine's own tsnetstat answers: then a further line `rest` on standard input makes it send the rest.
 * `ownSeconds`: how long that tsnetstat may take, a whole number.
 */
export function scriptFor(ask: Ask, token: string, ownSeconds: number): string {
  const words = [...ask.files, ...ask.others, ...ask.folders, ...(ask.tsnetstat ?? [])];
  for (const word of [...words, ...(ask.processes?.files ?? [])]) {
    if (!plainWord.test(word)) throw new Error(`not for a shell: ${word}`);
  }
  const { processes } = ask;
  const tables = ask.files;
  return `${forOthers}T=${token}
case $PATH in /usr/sbin:/usr/bin:/sbin:/bin:*) ;; *) PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH ;; esac
K=$(uname -s </dev/null 2>/dev/null)
own() {
${ask.tsnetstat === null ? '  return 1' : ownAnswer(ask.tsnetstat, ownSeconds)}
}
rest() {
${functions}
  [ -e /proc/net/dev ] || N=self/net
  [ -d /proc/$N ] || { echo "$T bye"; return; }
  echo "$T net"
${ask.folders.map((folder) => `  [ -d ${folder} ] && echo "$T folder ${folder}"\n`).join('')}\
  CAT=$(program cat)
  CAT=${or('CAT', 'each')}
  HEADS=$(heads 65536)
  HEADS=${or('HEADS', '$CAT')}
  send "$HEADS" ${ask.others.map((file) => otherPrefix + file).join(' ')}
  [ "$HEADS" = "$CAT" ] || send "$HEADS" ${ownExecutable}
  send "$CAT" ${tables.join(' ')}
${ask.interfaces ? interfaces : ''}\
${processes === null ? '' : processLines(processes)}\
  echo "$T bye"
}
echo
echo "$T ${streamVersion} $K"
case $K in
  Linux) own </dev/null 2>/dev/null || rest </dev/null 2>/dev/null ;;
esac
`;
}

/** One that hangs is killed: it may not get to handle another signal. */
function ownAnswer(args: readonly string[], seconds: number): string {
  return `  command -v tsnetstat >/dev/null || return 1
  L=
  command -v timeout >/dev/null && L='timeout -s KILL ${seconds}'
  echo "$T blob tsnetstat"
  $L tsnetstat ${args.join(' ')}
  X=$?
  echo
  echo "$T end $X"
  return $X`;
}

function processLines({ descriptors, executable, files, most }: ProcessAsk): string {
  const about = [
    ...(descriptors ? ['blob descriptors descriptors'] : []),
    ...(executable ? ['blob executables executables', 'blob replaced replaced'] : []),
  ];
  return `  about() {
    :
${about.map((line) => `    ${line}\n`).join('')}\
  }
  echo "$T link ns/cgroup $(readlink /proc/self/ns/cgroup)"
  NAMES='${files.join(' ')}'
  HEADS=$(heads ${most})
  HEADS=${or('HEADS', '$CAT')}
  processes
`;
}

/** Uses /sys if there is no iproute2 that prints JSON. */
const interfaces = `  X=1
  command -v ip >/dev/null && blob ip ip -json address show
  if [ $X != 0 ]; then
    P= C=0
    for F in /sys/class/net/*; do
      case ${less('F', '/sys/class/net/')} in *[!A-Za-z0-9_.@-]*) continue ;; esac
      for I in ${linkFiles.join(' ')}; do P="$P ${otherPrefix}$F/$I"; done
      C=$((C + 1))
      [ $C -lt ${interfacesAtOnce} ] || { send "$CAT" $P; P= C=0; }
    done
    [ -z "$P" ] || send "$CAT" $P
  fi
`;
