import type { Vocabulary } from '../vocabulary.ts';
import { type CompletedFlag, completedFlags } from './completed-flags.ts';
import { reports } from './report-flags.ts';

function words(list: readonly string[]): string {
  return `'${list.join(' ')}'`;
}

/** A case for a bundle with a letter that takes a value, followed by the value: `-tnAinet`. */
function valueInBundle(name: string): string {
  const letter = name.slice(1);
  return `        -[!-]*${letter}?*|-${letter}?*) prev=-${letter} before=\${cur%%${letter}*}${letter} cur=\${cur#*${letter}} ;;`;
}

/** A pattern in which `-A` may also end a bundle: `-tnA`. */
function pattern(name: string): string {
  return /^-[^-]$/.test(name) ? `${name}|-[!-]*${name.slice(1)}` : name;
}

/** Sets `words` to the list of the report. */
function perReport(lists: Readonly<Record<string, readonly string[]>>): string {
  const cases = Object.entries(lists).map(
    ([report, list]) => `                ${report}) words=${words(list)} ;;`,
  );
  return ['            case $report in', ...cases, '            esac'].join('\n');
}

/** The commands that offer a flag's values. */
function replyLines(
  { list, values }: NonNullable<CompletedFlag['value']>,
  { columns, sortKeys }: Vocabulary,
): readonly string[] {
  const reply = `_tsnetstat_reply "$words"${list ? ' list' : ''}`;
  switch (values.kind) {
    case 'any':
      return ['return'];
    case 'words':
      return [`words=${words(values.words)}`, reply, 'return'];
    case 'states':
      return [
        `words=${words([...values.words, ...values.shown])}`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's.
        'case $cur in *_*) words=${words//-/_} ;; esac',
        reply,
        'return',
      ];
    case 'checks':
      return [
        `words=${words(values.words)}`,
        `case $cur in *:*) _tsnetstat_ask "$1" ;; *) ${reply} ;; esac`,
        'return',
      ];
    case 'columns':
      return [perReport(columns).trimStart(), reply, 'return'];
    case 'sort-keys': {
      const both = Object.entries(sortKeys).map(
        ([report, keys]) => [report, [...keys, ...keys.map((key) => `-${key}`)]] as const,
      );
      return [perReport(Object.fromEntries(both)).trimStart(), reply, 'return'];
    }
    case 'live':
    case 'ignored':
      return ['_tsnetstat_ask "$1"', 'return'];
    case 'users':
      return [`_tsnetstat_quoted${list ? ' list' : ''} <<< "$(compgen -u)"`, 'return'];
    case 'hosts':
      return ['_tsnetstat_quoted list <<< "$(_tsnetstat_hosts)"', 'return'];
    case 'folders':
      return ['_tsnetstat_paths -d', 'return'];
    case 'files':
      return ['_tsnetstat_paths -f', 'return'];
  }
}

function valueCase({ names, value }: CompletedFlag, vocabulary: Vocabulary): string | null {
  if (value === null) return null;
  const body = replyLines(value, vocabulary);
  const guard = value.optional ? ['case $cur in -*) ;; *)', ...body, ';; esac'] : body;
  const lines = guard.map((line) => `            ${line}`);
  return [`        ${names.map(pattern).join('|')})`, ...lines, '            ;;'].join('\n');
}

/** The completion script for bash 3.2 (macOS' own) and later, independent of bash-completion. */
export function bashCompletion(vocabulary: Vocabulary): string {
  const flags = completedFlags(vocabulary);
  const names = flags.flatMap((flag) => flag.names);
  const taking = flags.flatMap(({ names, value }) => (value?.optional === false ? names : []));
  return `# tsnetstat's completions for bash. In ~/.bashrc: eval "$(tsnetstat --completion bash)"

# The value as typed so far; of a list, the part after the last comma, and what precedes it. An open quote
# is not part of what bash replaces.
_tsnetstat_part() {
    part=\${cur#[\\"\\']} begun=''
    [ -n "$1" ] || return
    case $part in *,*) begun=\${part%,*}, part=\${part##*,} ;; esac
}

# Offers the words of $1 that match; in a list, after what precedes the last comma.
_tsnetstat_reply() {
    local begun part word
    _tsnetstat_part "$2"
    for word in $1; do
        case ,$begun in *",$word,"*) continue ;; esac
        # There are many descending keys: offered only after a dash.
        case $word,$part in -*,-*) ;; -*,*) [ -z "$part" ] && [ -n "$2" ] && continue ;; esac
        # States in capitals: offered only after a capital.
        case $word in [[:upper:]]*) [ -z "$part" ] && [ -n "$2" ] && continue ;; esac
        case $word in "$part"*) COMPREPLY+=("$before$begun$word") ;; esac
    done
}

# Offers the input lines that match, quoted, since others choose their text, and what is offered becomes part
# of the command line. In a list, after what precedes the last comma.
_tsnetstat_quoted() {
    local begun part name said
    _tsnetstat_part "$1"
    while IFS= read -r name; do
        case $name in '') continue ;; *,*) [ -n "$1" ] && continue ;; esac
        said=$name
        printf -v name %q "$name"
        case $cur in [\\"\\']*) [ "$name" = "$said" ] || continue ;; esac
        case ,$begun in *",$name,"*) continue ;; esac
        case $name in "$part"*) COMPREPLY+=("$before$begun$name") ;; esac
    done
}

# What tsnetstat itself offers: live values, and what can come next in an expression. It quotes names that
# others chose.
_tsnetstat_ask() {
    local offer line=\${COMP_LINE:0:COMP_POINT} program=$1
    case $program in '~/'*) program=$HOME/\${program#'~/'} ;; esac
    # Aliases are not expanded in functions.
    [ "$(type -t -- "$program")" = alias ] && program=tsnetstat
    while IFS= read -r offer; do
        [ -n "$offer" ] && COMPREPLY+=("$offer")
    done <<< "$(TSNETSTAT_LINE=$line TSNETSTAT_WORD=$typed "$program" --completion bash 2>/dev/null)"
}

# Machines named in ssh's configuration and /etc/hosts.
_tsnetstat_hosts() {
    local words word
    compgen -A hostname
    while read -ra words; do
        case \${words[0]} in [Hh]ost) ;; *) continue ;; esac
        for word in "\${words[@]:1}"; do
            case $word in *[*?!]*) ;; *) printf '%s\\n' "$word" ;; esac
        done
    done 2>/dev/null < ~/.ssh/config
}

# bash quotes file names itself if told that they are some; bash 3.2 cannot be told, so they are quoted here.
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
    # What bash replaces: its current word, but not the characters at which it breaks words.
    typed=$cur
    case $typed in *[!=:]*) ;; *) typed='' ;; esac
    # --flag=value is three words in bash, or one if = is not in COMP_WORDBREAKS.
    case $prev in =|@) word=\${COMP_WORDS[COMP_CWORD - 2]} ;; esac
    case $prev,$cur,$word in
        --*,=,*) cur='' ;;
        =,*,--*) prev=$word ;;
        *,--*=*,*) prev=\${cur%%=*} before=\${cur%%=*}= cur=\${cur#*=} ;;
        # Words also break at @, which is replaced together with what follows it: @FILE, or USER@HOST.
        @,*,--on|=@,*|@,*,*,) before=@; _tsnetstat_paths -f; return ;;
        @,*) case " \${COMP_WORDS[*]} " in *' --on '*) prev=--on before=@ ;; esac ;;
        '>'*,*|'<'*,*|'&>'*,*) _tsnetstat_paths -f; return ;;
    esac
    case $prev in ${taking.join('|')}) ;; *) case $cur in
        --*) ;;
${taking
  .filter((name) => !name.startsWith('--'))
  .map(valueInBundle)
  .join('\n')}
    esac ;; esac
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
