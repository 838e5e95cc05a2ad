import { flagTable } from './flag-table.ts';
import { type Flag, type FlagGroup, flagGroups, shownFlags, spellings } from './flags.ts';

/** What people do with it most; the man page shows them too. */
export const examples = [
  ['tsnetstat -tulpn', 'who listens on which port'],
  ['tsnetstat -tan state established', 'TCP connections, numbers only'],
  ["tsnetstat -tanp '( dport = :443 and not dst 10.0.0.0/8 )'", 'HTTPS to elsewhere, and whose'],
  ['tsnetstat -tlnq --port 8080 || echo free', 'from a script: is the port taken?'],
  ['tsnetstat -tnp --json | jq .sockets', 'for programs'],
] as const;

const summaryColumn = 28;

/** ` FAMILY`, ` [STATE]` or nothing. */
function valueSynopsis({ value, optionalValue }: Flag): string {
  if (value === undefined) return '';
  return optionalValue ? ` [${value.name}]` : ` ${value.name}`;
}

function flagLine(flag: Flag): string {
  const names = spellings(flag).filter((name) => !flag.aliases?.includes(name));
  const indent = flag.short === undefined ? '      ' : '  ';
  const left = indent + names.join(', ') + valueSynopsis(flag);
  const also = flag.aliases === undefined ? '' : ` (${flag.aliases.join(', ')})`;
  return `${left.padEnd(summaryColumn)}${flag.summary}${also}`;
}

/** --help: every flag by group, five examples; at most 80 columns wide. */
export function helpText(): string {
  const lines = [
    'usage: tsnetstat [options] [expression]',
    '       tsnetstat -r | -i | -g | -s [options]',
    '',
    'Network connections, routes, interfaces, multicast groups and statistics,',
    "with the flags and tables of net-tools' netstat. Where several values may be",
    'given, write them as a,b,c. An expression chooses sockets in the words of ss.',
  ];
  for (const group of Object.keys(flagGroups) as FlagGroup[]) {
    lines.push('', `${flagGroups[group]}:`, ...shownFlags(flagTable, group).map(flagLine));
  }
  lines.push('', 'Examples:');
  for (const [command, what] of examples) lines.push(`  ${command}`, `      ${what}`);
  lines.push('', 'More: man tsnetstat; what a state means: tsnetstat --explain STATE');
  return `${lines.join('\n')}\n`;
}
