import { linkFiles } from '../linux/interfaces/sysfs.ts';
import { ownExecutable } from '../linux/proc/told-proc.ts';
import { streamVersion } from './frames.ts';

/** What a machine is asked to send. */
export interface Ask {
  /** Files below /proc; the beginning of `ownExecutable` is always sent. */
  readonly files: readonly string[];
  /** What is to be told of each process; null: nothing. */
  readonly processes: ProcessAsk | null;
  /** What its interfaces are is to be told, beside what the files of /proc tell. */
  readonly interfaces: boolean;
  /** Other files, by their whole paths. */
  readonly others: readonly string[];
  /** Folders of which it is to be told whether they are there. */
  readonly folders: readonly string[];
  /** How a tsnetstat that is installed there is asked first; null: it is not. */
  readonly tsnetstat: readonly string[] | null;
}

/** What is to be told of each process. */
export interface ProcessAsk {
  /** Its descriptors, and which of them are sockets. */
  readonly descriptors: boolean;
  /** Where its executable is. */
  readonly executable: boolean;
  /** Files below its folder. */
  readonly files: readonly string[];
  /** Of each file at most so many bytes. */
  readonly most: number;
}

/** A word that no shell reads anything into. */
const plainWord = /^[\w./=,:@%+-]+$/;

/** What the script says of files of the machine that are not below /proc. */
export const otherPrefix = 'file:';

/** How many processes are told of at once: a program is started for each kind of thing that is told of them. */
const processesAtOnce = 200;

/** A shell variable, or what stands for it where it is empty. */
const or = (variable: string, other: string) => `\${${variable}:-${other}}`;

/** A shell variable without what it begins with. */
const less = (variable: string, prefix: string) => `\${${variable}#${prefix}}`;

/**
 * What is common to all questions. POSIX's sh and its tools, and no more than busybox has of these, but `head -qc`,
 * which is tried first. Nothing is written anywhere.
 *
 * `send HOW FILE…` sends files; `[ -r` tells beforehand what cannot be had, since `cat` would tell it in words. The
 * separators are what the sending program's own environment holds, so that one program sends hundreds of files. It is
 * started by its path: by its name busybox's shell does without an exec, and so with its own environment. Where there
 * is no such path, files are sent one by one.
 */
const functions = String.raw`
E=/proc/self/environ
N=net
unset LANG LANGUAGE LC_ALL LC_CTYPE LC_MESSAGES LC_TIME LC_COLLATE LC_NUMERIC QUOTING_STYLE TIME_STYLE LS_COLORS
unset SSH_CLIENT SSH_CONNECTION SSH_TTY SSH_AUTH_SOCK SSH_ORIGINAL_COMMAND USER LOGNAME HOME SHELL MAIL PWD OLDPWD
unset TERM SHLVL XDG_SESSION_ID XDG_RUNTIME_DIR XDG_SESSION_TYPE XDG_SESSION_CLASS XDG_DATA_DIRS
unset DBUS_SESSION_BUS_ADDRESS MOTD_SHOWN POSIXLY_CORRECT BLOCKSIZE BLOCK_SIZE LS_BLOCK_SIZE
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
  for F; do
    shift
    where "$F"
    if [ -r "$W" ]; then set -- "$@" "$F"
    elif [ -e "$W" ]; then echo "$T no EACCES $F"
    else echo "$T no ENOENT $F"
    fi
  done
  [ $# -gt 0 ] || return 0
  echo "$T files $*"
  for F; do
    shift
    where "$F"
    set -- "$@" "$W" $E
  done
  T=$T $H $E $E "$@"
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
 * The script that is given to a `sh` of the machine. `token`: hexadecimal digits. It ends with the answer, but where
 * a tsnetstat answers: then a further line `rest` on standard input has it tell the rest.
 */
export function scriptFor(ask: Ask, token: string): string {
  const words = [...ask.files, ...ask.others, ...ask.folders, ...(ask.tsnetstat ?? [])];
  for (const word of [...words, ...(ask.processes?.files ?? [])]) {
    if (!plainWord.test(word)) throw new Error(`not for a shell: ${word}`);
  }
  const { processes } = ask;
  const tables = ask.files;
  return `T=${token}
case $PATH in /usr/sbin:/usr/bin:/sbin:/bin:*) ;; *) PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH ;; esac
K=$(uname -s </dev/null 2>/dev/null)
own() {
${ask.tsnetstat === null ? '  return 1' : ownAnswer(ask.tsnetstat)}
}
rest() {
${functions}
  [ -e /proc/net/dev ] || N=self/net
  [ -d /proc/$N ] && echo "$T net"
${ask.folders.map((folder) => `  [ -d ${folder} ] && echo "$T folder ${folder}"\n`).join('')}\
  CAT=$(program cat)
  CAT=${or('CAT', 'each')}
  HEADS=$(heads 65536)
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

function ownAnswer(args: readonly string[]): string {
  return `  command -v tsnetstat >/dev/null || return 1
  echo "$T blob tsnetstat"
  tsnetstat ${args.join(' ')}
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
  processes
`;
}

/** Of whoever has no iproute2 there that speaks JSON, what /sys tells. */
const interfaces = `  X=1
  command -v ip >/dev/null && blob ip ip -json address show
  if [ $X != 0 ]; then
    L=
    for F in /sys/class/net/*; do
      case ${less('F', '/sys/class/net/')} in *[!A-Za-z0-9_.@-]*) continue ;; esac
      for I in ${linkFiles.join(' ')}; do L="$L ${otherPrefix}$F/$I"; done
    done
    [ -z "$L" ] || send "$CAT" $L
  fi
`;
