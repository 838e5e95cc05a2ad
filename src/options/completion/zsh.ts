import type { Vocabulary } from '../vocabulary.ts';
import { type CompletedFlag, completedFlags, diagnoseWords } from './completed-flags.ts';
import { reports } from './report-flags.ts';

/** Text in single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function description(summary: string): string {
  return `[${summary.replace(/[[\]\\:]/g, '\\$&')}]`;
}

function action(value: NonNullable<CompletedFlag['value']>): string {
  const { values, list, optional } = value;
  switch (values.kind) {
    case 'any':
      // With a blank, zsh would offer every option twice after an optional value.
      return optional ? '( )' : ' ';
    case 'words':
      return list ? `{_tsnetstat_list ${values.words.join(' ')}}` : `(${values.words.join(' ')})`;
    case 'states':
      return `{_tsnetstat_states "${values.words.join(' ')}" "${values.shown.join(' ')}"}`;
    case 'checks':
      return '_tsnetstat_checks';
    case 'columns':
      return '_tsnetstat_columns';
    case 'sort-keys':
      return '_tsnetstat_sort_keys';
    case 'live':
      return list ? "{_tsnetstat_ask '*,'}" : '_tsnetstat_ask';
    case 'ignored':
      return '_tsnetstat_ignored';
    case 'users':
      return '{_sequence _users}';
    case 'hosts':
      return '{_sequence _tsnetstat_host}';
    case 'folders':
      return '_files -/';
    case 'files':
      return '_files';
  }
}

/** One argument specification of zsh's _arguments. */
function spec({ names, summary, value }: CompletedFlag): string {
  const repeats = value?.list === true || names.includes('--extend');
  const others = repeats ? "'*'" : names.length > 1 ? quoted(`(${names.join(' ')})`) : '';
  const taking = names.map((name) => {
    if (value === null) return name;
    return name.startsWith('--') ? `${name}=` : `${name}+`;
  });
  const spelled = taking.length > 1 ? `{${taking.join(',')}}` : (taking[0] ?? '');
  const message =
    value === null ? '' : `${value.optional ? '::' : ':'}${value.name}:${action(value)}`;
  return others + spelled + quoted(description(summary) + message);
}

function perReport(lists: Readonly<Record<string, readonly string[]>>): string {
  const cases = Object.entries(lists).map(
    ([report, list]) => `    ${report}) keys=(${list.join(' ')}) ;;`,
  );
  return ['  case $(_tsnetstat_report) in', ...cases, '  esac'].join('\n');
}

/** The completion script for zsh. */
export function zshCompletion(vocabulary: Vocabulary): string {
  const flags = completedFlags(vocabulary);
  return `#compdef tsnetstat
# tsnetstat's completions for zsh. In ~/.zshrc, after compinit: eval "$(tsnetstat --completion zsh)"

_tsnetstat_report() {
  local word last report=sockets
  for word in \${words[2,CURRENT-1]}; do
    # A descending sort key looks like a bundle of flags.
    [[ $last == --sort ]] && { last=; continue }
    last=$word
    case $word in
${reports.map(({ report, short, long }) => `      -${short}*|-[^-]*${short}*|--${long}) report=${report} ;;`).join('\n')}
    esac
  done
  print -r -- $report
}

_tsnetstat_list() { _sequence compadd - -- "$@" }

# The states of $1, with _ if one was typed; if a capital was typed, those of $2.
_tsnetstat_states() {
  local states=$1
  [[ $PREFIX == *_* ]] && states=\${states//-/_}
  [[ \${PREFIX##*[,=]} == [[:upper:]]* ]] && states=$2
  _tsnetstat_list \${=states}
}

# After a colon, the thresholds of a check.
_tsnetstat_checks() {
  if [[ \${PREFIX##*,} == *:* ]]; then
    _tsnetstat_ask '*[,:]'
  else
    _tsnetstat_list ${diagnoseWords(vocabulary).join(' ')}
  fi
}

_tsnetstat_columns() {
  local -a keys
${perReport(vocabulary.columns)}
  _tsnetstat_list $keys
}

_tsnetstat_sort_keys() {
  local -a keys
${perReport(vocabulary.sortKeys)}
  [[ \${PREFIX##*[,=]} == -* ]] && keys=(-$^keys)
  _tsnetstat_list $keys
}

# What tsnetstat itself offers: live values, and what can come next in an expression. $1: a pattern for the
# beginning of the word that is kept, if any.
_tsnetstat_ask() {
  local line="\${(j: :)words[1,CURRENT-1]} \${words[CURRENT]%"$SUFFIX"}"
  local -a offers signs values shown
  # With complete_aliases the word may be an alias, which is not expanded in functions.
  local program=\${words[1]/#\\~\\//$HOME/}
  [[ -n $aliases[$program] ]] && program=tsnetstat
  offers=(\${(f)"$(TSNETSTAT_LINE=$line $program --completion zsh 2>/dev/null)"})
  [[ -n $1 ]] && compset -P $1
  # Quoted, both would begin with a backslash, which zsh would insert. Neither is special as it is.
  signs=(\${(M)offers:#(=|!=)})
  compadd -Q -V signs -a signs
  offers=(\${offers:#(=|!=)})
  values=(\${offers%%$'\\t'*})
  # In the given order; one per line if they have descriptions.
  if (( \${#\${(M)offers:#*$'\\t'*}} )); then
    shown=(\${offers/$'\\t'/  -- })
    compadd -V values -l -d shown -a values
  else
    compadd -V values -a values
  fi
}

_tsnetstat_expression() { _tsnetstat_ask '*[[:space:]()&|=!<>]' }

_tsnetstat_ignored() { _tsnetstat_ask '*[[:space:]()&|=!<>,]' }

# Machines that ssh knows, or a file of names.
_tsnetstat_host() {
  if compset -P @; then _files "$@"; else compset -P '*@'; _ssh_hosts "$@"; fi
}

_tsnetstat() {
  _arguments -s -S \\
${flags.map((flag) => `    ${spec(flag)} \\`).join('\n')}
    '*:expression:_tsnetstat_expression'
}

if [[ $funcstack[1] == _tsnetstat ]]; then
  _tsnetstat "$@"
else
  compdef _tsnetstat tsnetstat
fi
`;
}
