import type { Vocabulary } from '../vocabulary.ts';
import { type CompletedFlag, completedFlags } from './completed-flags.ts';
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
    case 'live':
      return '(__tsnetstat_ask)';
    case 'users':
      return '(__tsnetstat_list (__fish_complete_users | string replace -r "\\t.*" ""))';
    case 'folders':
      return '(__fish_complete_directories (commandline -ct))';
    case 'files':
      return '(__fish_complete_path (commandline -ct))';
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

# What tsnetstat offers: what is live, and what can come next in an expression.
function __tsnetstat_ask
    set -l program (commandline -opc | string match -r -- '^(?:.*/)?tsnetstat$')[1]
    test -n "$program"; or return
    set -lx TSNETSTAT_LINE (commandline -cp | string collect)
    $program --completion fish 2>/dev/null
end

function __tsnetstat_in_expression
    not string match -q -- '-*' (commandline -ct); and not __tsnetstat_after --explain
end

complete -c tsnetstat -f
${completedFlags(vocabulary).map(line).join('\n')}
complete -c tsnetstat -n __tsnetstat_in_expression -a '(__tsnetstat_ask)'
`;
}
