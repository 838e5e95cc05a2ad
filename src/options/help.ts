import { shownFlags } from './flag-table.ts';
import { type Flag, type FlagGroup, flagGroups, spellings } from './flags.ts';
import type { FlagName } from './given-flags.ts';

/** The most common uses; the man page shows them too. */
export const examples = [
  ['tsnetstat -tulpn', 'which programs listen on which ports'],
  ['tsnetstat -tan state established', 'TCP connections, numbers only'],
  [
    "tsnetstat -tanp '( dport = :443 and not dst 10.0.0.0/8 )'",
    'HTTPS connections to other networks, with programs',
  ],
  ['tsnetstat -tlnq --port 8080 && echo taken', 'in a script: is the port in use?'],
  ['tsnetstat -tnp --json | jq .sockets', 'JSON for programs'],
] as const;

const summaryColumn = 28;

/** ` FAMILY`, ` [STATE]` or nothing. */
function valueSynopsis({ value, optionalValue, followers }: Flag): string {
  if (value === undefined) return followers === undefined ? '' : ` ${followers}`;
  return optionalValue ? ` [${value.name}]` : ` ${value.name}`;
}

/** Colours of headings and options; a view's paint has this form. */
interface HelpPaint {
  heading(text: string): string;
  option(text: string): string;
}

const plain: HelpPaint = { heading: (text) => text, option: (text) => text };

function flagLine(flag: Flag, paint: HelpPaint): string {
  const names = spellings(flag).filter((name) => !flag.aliases?.includes(name));
  const indent = flag.short === undefined ? '      ' : '  ';
  const option = names.join(', ');
  const rest = `${indent}${option}${valueSynopsis(flag)}`.padEnd(summaryColumn);
  const also = flag.aliases === undefined ? '' : ` (${flag.aliases.join(', ')})`;
  const values = rest.slice(indent.length + option.length);
  return `${indent}${paint.option(option)}${values}${flag.summary}${also}`;
}

/** npm installs manual pages, except on Windows. */
const hasManual = (platform: string) => platform !== 'win32';

/** Lines whose quoted patterns and expressions can be typed on the platform: to cmd.exe single quotes are none. */
function quotedOn(platform: string, lines: readonly string[]): readonly string[] {
  if (platform !== 'win32') return lines;
  return lines.map((line) => line.replace(/'([^']*[*(][^']*)'/g, '"$1"'));
}

const usage = 'usage: tsnetstat [options] [expression]';

/**
 * The text of --help: every flag by group, then the examples; at most 80 columns wide. `platform`: Node's name of the
 * system.
 */
export function helpText(paint = plain, platform = 'linux'): string {
  const isWindows = platform === 'win32';
  const lines = [
    usage,
    '       tsnetstat -r | -i [NAMES] | -g | -s [options]',
    '',
    'Network connections, routes, interfaces, multicast groups and statistics,',
    "with the flags and tables of net-tools' netstat. Where several values may be",
    `given, write them as ${isWindows ? '"a,b,c"' : 'a,b,c'}. An expression selects sockets, as in ss.`,
  ];
  for (const group of Object.keys(flagGroups) as FlagGroup[]) {
    const flags = shownFlags.filter((flag) => flag.group === group);
    const shown = flags.map((flag) => flagLine(flag, paint));
    lines.push('', paint.heading(`${flagGroups[group]}:`), ...shown);
  }
  lines.push('', paint.heading('Examples:'));
  for (const [command, what] of examples) lines.push(`  ${command}`, `      ${what}`);
  const more = hasManual(platform) ? 'man tsnetstat' : 'tsnetstat --help TOPIC';
  lines.push('', `More: ${more}; what a word means: tsnetstat --explain WORD`);
  return `${quotedOn(platform, lines).join('\n')}\n`;
}

/** The most important flags, in this order. */
const mostNeeded = [
  'tcp',
  'udp',
  'listening',
  'all',
  'numeric',
  'programs',
  'port',
  'program',
  'state',
  'exposed',
  'tcp-info',
  'json',
  'continuous',
  'follow',
  'live',
  'diagnose',
  'explain',
] as const satisfies readonly FlagName[];

/** The reports that share a line of -h. */
const otherReports = ['route', 'interfaces', 'statistics'] as const satisfies readonly FlagName[];

/** The text of -h: at most 24 lines of 80 columns, so that it fits one screen. `platform` as for `helpText`. */
export function shortHelpText(paint = plain, platform = 'linux'): string {
  const named = (names: readonly FlagName[]) =>
    names.flatMap((name) => shownFlags.filter(({ long }) => long === name));
  const reports = named(otherReports)
    .map(({ short }) => `-${short}`)
    .join(', ');
  const [[servers, what]] = examples;
  const lines = [
    usage,
    `  ${servers}`.padEnd(summaryColumn) + what,
    '',
    ...named(mostNeeded).map((flag) => flagLine(flag, paint)),
    `  ${paint.option(reports)}${' '.repeat(summaryColumn - 2 - reports.length)}routes; interfaces; counters`,
    '',
    `All options: tsnetstat --help (--pager: by page)${hasManual(platform) ? '; more: man tsnetstat' : ''}`,
  ];
  return `${quotedOn(platform, lines).join('\n')}\n`;
}
