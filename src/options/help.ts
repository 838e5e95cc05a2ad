import { flagTable } from './flag-table.js';
import { type Flag, type FlagGroup, flagGroups, spellings } from './flags.js';

const examples = [
  ['tsnetstat -tulpn', 'who listens on which port'],
  ['tsnetstat -tan state established', 'TCP connections, an expression as ss takes it'],
  ['tsnetstat -tlnq --port 8080 || echo free', 'ask from a script: is the port taken?'],
  ['tsnetstat --json -tnp | jq .sockets', 'for programs'],
  ['tsnetstat --explain CLOSE_WAIT', 'what a state means'],
] as const;

const summaryColumn = 28;

function flagLine(flag: Flag): string {
  const names = spellings(flag).filter((name) => !flag.aliases?.includes(name));
  const shown = (flag.short === undefined ? '    ' : '') + names.join(', ');
  const value =
    flag.value === undefined
      ? ''
      : flag.optionalValue
        ? ` [${flag.value.name}]`
        : ` ${flag.value.name}`;
  const left = `  ${shown}${value}`;
  const gap =
    left.length < summaryColumn
      ? ' '.repeat(summaryColumn - left.length)
      : `\n${' '.repeat(summaryColumn)}`;
  return `${left}${gap}${flag.summary}`;
}

/** --help: every flag by group, five examples. */
export function helpText(): string {
  const lines = [
    'usage: tsnetstat [options] [expression]',
    '       tsnetstat -r | -i | -g | -s [options]',
    '',
    'Network connections, routes, interfaces, multicast groups and statistics,',
    "with the flags and tables of net-tools' netstat.",
  ];
  for (const group of Object.keys(flagGroups) as FlagGroup[]) {
    lines.push('', `${flagGroups[group]}:`);
    for (const flag of flagTable as readonly Flag[]) {
      if (flag.group === group && flag.summary !== '') lines.push(flagLine(flag));
    }
  }
  lines.push('', 'Examples:');
  for (const [command, what] of examples) lines.push(`  ${command.padEnd(42)}${what}`);
  return `${lines.join('\n')}\n`;
}
