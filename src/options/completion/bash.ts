import type { Vocabulary } from '../vocabulary.ts';
import { type CompletedFlag, completedFlags } from './completed-flags.ts';
import { reports } from './report-flags.ts';

function words(list: readonly string[]): string {
  return `'${list.join(' ')}'`;
}

/** `-A` may end a bundle: `-tnA`. */
function pattern(name: string): string {
  return /^-[^-]$/.test(name) ? `${name}|-[!-]*${name.slice(1)}` : name;
}

function perReport(variable: string, lists: Readonly<Record<string, readonly string[]>>): string {
  const cases = Object.entries(lists).map(
    ([report, list]) => `                ${report}) ${variable}=${words(list)} ;;`,
  );
  return ['            case $report in', ...cases, '            esac'].join('\n');
}

function valueCase(
  { names, value }: CompletedFlag,
  { columns, sortKeys }: Vocabulary,
): string | null {
  if (value === null) return null;
  const { list, optional, values } = value;
  const reply = `_tsnetstat_reply "$words"${list ? ' list' : ''}`;
  const body = (() => {
    switch (values.kind) {
      case 'any':
        return ['return'];
      case 'words':
        return [`words=${words(values.words)}`, reply, 'return'];
      case 'columns':
        return [perReport('words', columns).trimStart(), reply, 'return'];
      case 'sort-keys': {
        const both = Object.entries(sortKeys).map(
          ([report, keys]) => [report, [...keys, ...keys.map((key) => `-${key}`)]] as const,
        );
        return [perReport('words', Object.fromEntries(both)).trimStart(), reply, 'return'];
      }
      case 'live':
        return ['_tsnetstat_ask "$1"', 'return'];
      case 'users':
        return [`_tsnetstat_quoted${list ? ' list' : ''} <<< "$(compgen -u)"`, 'return'];
      case 'folders':
        return ['_tsnetstat_paths -d', 'return'];
      case 'files':
        return ['_tsnetstat_paths -f', 'return'];
    }
  })();
  const guard = optional ? ['case $cur in -*) ;; *)', ...body, ';; esac'] : body;
  const lines = guard.map((line) => `            ${line}`);
  return [`        ${names.map(pattern).join('|')})`, ...lines, '            ;;'].join('\n');
}

/** For bash from 3.2 (macOS' own) on, without help from bash-completion. */
export function bashCompletion(vocabulary: Vocabulary): string {
  const flags = completedFlags(vocabulary);
  const names = flags.flatMap((flag) => flag.names);
  const taking = flags.flatMap(({ names, value }) => (value?.optional === false ? names : []));
  return `# tsnetstat's completions for bash. In ~/.bashrc: eval "$(tsnetstat --completion bash)"

# Offers those of the words $1 that fit; as a list, after what stands before the last comma.
_tsnetstat_reply() {
    local begun='' part=$cur word
    if [ -n "$2" ]; then
        case $cur in *,*) begun=\${cur%,*}, part=\${cur##*,} ;; esac
    fi
    for word in $1; do
        case ,$begun in *",$word,"*) continue ;; esac
        # Descending keys are many; they show when asked for.
        case $word,$part in -*,-*) ;; -*,*) [ -z "$part" ] && [ -n "$2" ] && continue ;; esac
        case $word in "$part"*) COMPREPLY+=("$before$begun$word") ;; esac
    done
}

# Offers those of the lines read that fit, quoted: what they say is for others to choose, and what is
# offered becomes part of the command line. As a list, after what stands before the last comma.
_tsnetstat_quoted() {
    local begun='' part=$cur name
    if [ -n "$1" ]; then
        case $cur in *,*) begun=\${cur%,*}, part=\${cur##*,} ;; esac
    fi
    while IFS= read -r name; do
        case $name in '') continue ;; *,*) [ -n "$1" ] && continue ;; esac
        printf -v name %q "$name"
        case ,$begun in *",$name,"*) continue ;; esac
        case $name in "$part"*) COMPREPLY+=("$before$begun$name") ;; esac
    done
}

# What tsnetstat offers: what is live, and what can come next in an expression. It quotes what others
# have named.
_tsnetstat_ask() {
    local offer line=\${COMP_LINE:0:COMP_POINT}
    while IFS= read -r offer; do
        [ -n "$offer" ] && COMPREPLY+=("$offer")
    done <<< "$(TSNETSTAT_LINE=$line TSNETSTAT_WORD=$typed "$1" --completion bash 2>/dev/null)"
}

# bash quotes what it takes for file names; where it cannot be told so (3.2), it is done here.
_tsnetstat_paths() {
    local path quoted=''
    compopt -o filenames 2>/dev/null || quoted=yes
    while IFS= read -r path; do
        [ -n "$path" ] || continue
        [ -n "$quoted" ] && printf -v path %q "$path"
        COMPREPLY+=("$before$path")
    done <<< "$(compgen "$1" -- "$cur")"
}

_tsnetstat() {
    local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
    local report=sockets before='' words='' word last='' typed IFS=$' \\t\\n'
    COMPREPLY=()
    # What is to be replaced: bash's word, but that signs at which it breaks words stay.
    typed=$cur
    case $typed in *[!=:]*) ;; *) typed='' ;; esac
    # --flag=value is three words to bash, or one where = is not among COMP_WORDBREAKS.
    if [ "$cur" = '=' ]; then
        cur=''
    elif [ "$prev" = '=' ]; then
        prev=\${COMP_WORDS[COMP_CWORD - 2]}
    else
        case $cur in --*=*) prev=\${cur%%=*} before=\${cur%%=*}= cur=\${cur#*=} ;; esac
    fi
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
        case $last in ${taking.join('|')}|=) last=$word; continue ;; esac
        last=$word
        case $word in
${reports.map(({ report, short, long }) => `            -${short}*|-[!-]*${short}*|--${long}) report=${report} ;;`).join('\n')}
        esac
    done
    case $prev in
${flags.flatMap((flag) => valueCase(flag, vocabulary) ?? []).join('\n')}
    esac
    case $cur in
        --*|-) _tsnetstat_reply ${words(names)} ;;
        -*) COMPREPLY=("$cur") ;;
        *) _tsnetstat_ask "$1" ;;
    esac
}

complete -F _tsnetstat tsnetstat
`;
}
