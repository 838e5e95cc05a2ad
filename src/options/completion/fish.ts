import type { Vocabulary } from '../vocabulary.ts';
import { type CompletedFlag, completedFlags, diagnoseWords } from './completed-flags.ts';
import { reports } from './report-flags.ts';

/** Text in single quotes. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}

function names(list: readonly string[]): string {
  return list
    .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(' ');
}

function offer(value: NonNullable<CompletedFlag['value']>): string {
  const { values, list } = value;
  switch (values.kind) {
    case 'any':
      return '';
    case 'words':
      return `(__tsnetstat_${list ? 'list' : 'each'} ${values.words.join(' ')})`;
    case 'states':
      return `(__tsnetstat_list (__tsnetstat_states "${values.words.join(' ')}" "${values.shown.join(' ')}"))`;
    case 'checks':
      return '(__tsnetstat_checks)';
    case 'columns':
      return '(__tsnetstat_list (__tsnetstat_columns))';
    case 'sort-keys':
      return '(__tsnetstat_list (__tsnetstat_sort_keys))';
    case 'live':
    case 'ignored':
      return '(__tsnetstat_ask)';
    case 'users':
      return '(__tsnetstat_list (__fish_complete_users | string replace -r "\\t.*" ""))';
    case 'hosts':
      return '(__tsnetstat_list (__tsnetstat_hosts))';
    case 'folders':
      return "(__fish_complete_directories (commandline -ct | string replace -r -- '^--[^=]*=' ''))";
    case 'files':
      return '';
  }
}

function line({ names: spelled, summary, value }: CompletedFlag): string {
  const start = `complete -c tsnetstat ${names(spelled)} -d ${quoted(summary)} -n __tsnetstat_flag`;
  if (value === null) return start;
  const offered = offer(value) === '' ? '' : ` -a ${quoted(offer(value))}`;
  // fish completes files by itself: it knows which part of a path is quoted.
  if (value.values.kind === 'files') return `${start} -rF`;
  const required = `${start} -x${offered}`;
  if (value.values.kind === 'sort-keys')
    return `${required}\n${separateValueRule(spelled, offered)}`;
  if (!value.optional) return required;
  // fish completes an optional value only after a =; as a separate word it needs a rule of its own.
  return `${start}${offered}\n${separateValueRule(spelled, offered)}`;
}

/** A rule that completes values in a separate word after the flag. */
function separateValueRule(spelled: readonly string[], offered: string): string {
  return `complete -c tsnetstat -n '__tsnetstat_after ${spelled.join(' ')}'${offered}`;
}

function perReport(lists: Readonly<Record<string, readonly string[]>>): string {
  const cases = Object.entries(lists).map(
    ([report, list]) => `        case ${report}\n            printf '%s\\n' ${list.join(' ')}`,
  );
  return ['    switch (__tsnetstat_report)', ...cases, '    end'].join('\n');
}

/** The completion script for fish. */
export function fishCompletion(vocabulary: Vocabulary): string {
  return `# tsnetstat's completions for fish:
# tsnetstat --completion fish > ~/.config/fish/completions/tsnetstat.fish

function __tsnetstat_report
    set -l report sockets
    set -l last
    for word in (commandline -opc)[2..-1]
        # A descending sort key looks like a bundle of flags.
        if test "$last" = --sort
            set last
            continue
        end
        set last $word
        switch $word
${reports.map(({ report, long }) => `            case '--${long}'\n                set report ${report}`).join('\n')}
            case '--*'
${reports.map(({ report, short }) => `            case '-*${short}*'\n                set report ${report}`).join('\n')}
        end
    end
    echo $report
end

function __tsnetstat_after
    contains -- (commandline -opc)[-1] $argv
end

# After --sort, a word that looks like flags may be a descending key.
function __tsnetstat_flag
    not __tsnetstat_after --sort
end

# The value as typed so far. An open quote is not part of what fish replaces.
function __tsnetstat_value
    commandline -ct | string replace -r -- '^--[^=]*=' '' | string replace -r -- '^["\\']' ''
end

# The values, after those that precede the last comma.
function __tsnetstat_list
    set -l token (__tsnetstat_value)
    set -l begun ''
    string match -q -- '*,*' "$token"; and set begun (string replace -r -- '[^,]*$' '' "$token")
    for value in $argv
        string match -q -- "*,$value,*" ",$begun"; or __tsnetstat_each "$begun$value"
    end
end

# Values without a description: fish would show the option's with each.
function __tsnetstat_each
    test (count $argv) = 0; or printf '%s\\t\\n' $argv
end

# Machines that ssh knows, also after USER@; after a single @, a file of names.
function __tsnetstat_hosts
    set -l part (__tsnetstat_value | string replace -r -- '^.*,' '')
    set -l begun (string match -r -- '^[^@]*@' "$part")
    if test "$begun" = @
        printf '@%s\\n' (__fish_complete_path (string sub -s 2 -- "$part") | string replace -r '\\t.*' '')
    else
        printf '%s\\n' "$begun"(__fish_print_hostnames)
    end
end

# The states of the first argument, with _ if one was typed; if a capital was typed, those of the second.
function __tsnetstat_states
    if __tsnetstat_value | string match -qr -- '(^|,)[A-Z][^,]*$'
        string split ' ' $argv[2]
    else if __tsnetstat_value | string match -q '*_*'
        string split ' ' $argv[1] | string replace -a -- - _
    else
        string split ' ' $argv[1]
    end
end

# After a colon, the thresholds of a check.
function __tsnetstat_checks
    if __tsnetstat_value | string match -qr -- ':[^,]*$'
        __tsnetstat_ask
    else
        __tsnetstat_list ${diagnoseWords(vocabulary).join(' ')}
    end
end

function __tsnetstat_columns
${perReport(vocabulary.columns)}
end

function __tsnetstat_sort_keys
    set -l sign ''
    string match -qr -- '(^|[,=])-[^,=]*$' (commandline -ct); and set sign -
    printf '%s\\n' $sign(__tsnetstat_every_sort_key)
end

function __tsnetstat_every_sort_key
${perReport(vocabulary.sortKeys)}
end

# What tsnetstat itself offers: live values, and what can come next in an expression.
function __tsnetstat_ask
    set -l program (commandline -opc | string match -r -- '^(?:.*/)?tsnetstat$' | string replace -r -- '^~/' "$HOME/")[1]
    type -q -- "$program"; or return
    set -lx TSNETSTAT_LINE (commandline -cp | string collect)
    $program --completion fish 2>/dev/null | string replace -r '^[^\\t]*$' '$0\\t'
end

function __tsnetstat_in_expression
    not string match -q -- '-*' (commandline -ct); and not __tsnetstat_after --explain
end

complete -c tsnetstat -f
${completedFlags(vocabulary).map(line).join('\n')}
complete -c tsnetstat -n __tsnetstat_in_expression -a '(__tsnetstat_ask)'
`;
}
