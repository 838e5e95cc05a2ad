import type { Vocabulary } from '../vocabulary.ts';
import {
  type CompletedFlag,
  completedFlags,
  expressionWords,
  namespaceListing,
  noPrograms,
  programListing,
  stateWords,
} from './completed-flags.ts';
import { reports } from './report-flags.ts';

/** Between single quotes. */
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
      return list ? `(__tsnetstat_list ${values.words.join(' ')})` : values.words.join(' ');
    case 'columns':
      return '(__tsnetstat_list (__tsnetstat_columns))';
    case 'sort-keys':
      return '(__tsnetstat_list (__tsnetstat_sort_keys))';
    case 'programs':
      return '(__tsnetstat_programs)';
    case 'users':
      return '(__tsnetstat_list (__fish_complete_users | string replace -r "\\t.*" ""))';
    case 'namespaces':
      return `(${namespaceListing})`;
    case 'folders':
      return '(__fish_complete_directories (commandline -ct))';
  }
}

function line({ names: spelled, summary, value }: CompletedFlag): string {
  const start = `complete -c tsnetstat ${names(spelled)} -d ${quoted(summary)}`;
  if (value === null) return start;
  const offered = offer(value) === '' ? '' : ` -a ${quoted(offer(value))}`;
  if (!value.optional) return `${start} -x${offered}`;
  // fish takes an optional value only after a =; in a word of its own it is offered apart.
  const apart = `complete -c tsnetstat -n '__tsnetstat_after ${spelled.join(' ')}'${offered}`;
  return `${start}${offered}\n${apart}`;
}

function perReport(lists: Readonly<Record<string, readonly string[]>>): string {
  const cases = Object.entries(lists).map(
    ([report, list]) => `        case ${report}\n            printf '%s\\n' ${list.join(' ')}`,
  );
  return ['    switch (__tsnetstat_report)', ...cases, '    end'].join('\n');
}

/** What `--completion fish` prints. */
export function fishCompletion(vocabulary: Vocabulary): string {
  const states = stateWords(vocabulary);
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

# The values, after those that stand before the last comma.
function __tsnetstat_list
    set -l token (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l begun ''
    string match -q -- '*,*' "$token"; and set begun (string replace -r -- '[^,]*$' '' "$token")
    for value in $argv
        string match -q -- "*,$value,*" ",$begun"; or printf '%s\\n' "$begun$value"
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

# Programs that hold sockets, several on a line parted by commas. One with a backslash has lost
# what a terminal must not show.
function __tsnetstat_programs
    set -l program (commandline -opc)[1]
    $program ${programListing} 2>/dev/null | string split , | sort -u |
        string match -rv -- '^(${noPrograms.map((text) => text.replace(/[()]/g, '\\$&')).join('|')})$|\\\\\\\\'
end

complete -c tsnetstat -f
${completedFlags(vocabulary).map(line).join('\n')}
complete -c tsnetstat -n '__tsnetstat_after state exclude' -a '${states.join(' ')}'
complete -c tsnetstat -n 'not __tsnetstat_after state exclude --explain' -a '${expressionWords(vocabulary).join(' ')}'
`;
}
