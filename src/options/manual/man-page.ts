import { allFlags, shownFlags } from '../flag-table.ts';
import { type Flag, type FlagGroup, flagGroups, spellings } from '../flags.ts';
import { examples } from '../help.ts';
import type { Vocabulary } from '../vocabulary.ts';
import { sentence } from './piece.ts';
import {
  bold,
  bullet,
  heading,
  italic,
  item,
  page,
  paragraph,
  roffCode,
  roffOf,
  subheading,
  verbatim,
} from './roff.ts';
import { checks, columns, expressions, states } from './sections.ts';

function flagItem(flag: Flag): string {
  const value = flag.value === undefined ? '' : italic(flag.value.name);
  const taken = value === '' ? followers(flag) : flag.optionalValue ? ` [${value}]` : ` ${value}`;
  const details = flag.details === undefined ? '' : ` ${flag.details}`;
  return item(terms(spellings(flag)) + taken, summary(flag) + details);
}

function followers({ followers: words }: Flag): string {
  return words === undefined ? '' : ` ${words.replace(/[A-Z]+/, italic)}`;
}

/** The summary; a word to be typed keeps its case. */
function summary({ summary: text, value }: Flag): string {
  const isWord = value?.choices?.some((choice) => text.startsWith(choice)) ?? false;
  return isWord ? `${text}.` : sentence(text);
}

function terms(names: readonly string[]): string {
  return names.map(bold).join(', ');
}

function options(): string[] {
  return (Object.keys(flagGroups) as FlagGroup[]).flatMap((group) => [
    subheading(flagGroups[group]),
    ...shownFlags.filter((flag) => flag.group === group).map(flagItem),
  ]);
}

/** Flags that are refused with a message and exit code 2, and why. */
function refusals(): string[] {
  return allFlags.flatMap((flag) =>
    flag.refusal === undefined ? [] : [item(terms(spellings(flag)), sentence(flag.refusal))],
  );
}

function exitStatus(): string[] {
  return [
    heading('EXIT STATUS'),
    item(
      bold('0'),
      'Success; with -q, something matched; with --diff, nothing differs; with --diagnose, nothing was found. Also if the reader of a pipe closes it, and if a signal ends --serve.',
    ),
    item(
      bold('1'),
      'With -q and --pids: nothing matched. With --wait and --wait-gone: not in time. With --diff: something differs. With --diagnose: something was found.',
    ),
    item(
      bold('2'),
      'Trouble: a mistake on the command line, or a source or file that cannot be read or written. With -q, --pids, --wait and --wait-gone also: not known, because something relevant cannot be seen.',
    ),
    item(
      terms(['130', '143']),
      'Ended by Ctrl-C, or by SIGTERM, while it repeats (-c, --live), waits (--wait) or follows (--follow).',
    ),
    paragraph(
      'Data that is only partly missing causes a warning on standard error and does not change the exit status. With several machines (--on), the same applies to a machine that does not answer, unless none does or --strict is given.',
    ),
  ];
}

function files(): string[] {
  return [
    heading('FILES'),
    item(
      italic('/proc/net'),
      'Linux: sockets of this network namespace (tcp, udp, udplite, raw, the IPv6 file of each, unix, and sctp/eps and sctp/assocs), and the other reports (route, ipv6_route, dev, if_inet6, igmp, igmp6, snmp, snmp6, netstat).',
    ),
    item(italic('/proc/PID'), 'Linux: owners (fd, cmdline, exe).'),
    item(italic('/sys/class/net'), 'Linux: data on interfaces that /proc/net lacks.'),
    item(
      italic('/etc'),
      'Names for numbers: services, protocols, hosts, networks, passwd; nsswitch.conf says where else to look.',
    ),
    item(italic('~/.config/tsnetstat/options'), 'Your own options; see --config.'),
  ];
}

function environment(): string[] {
  return [
    heading('ENVIRONMENT'),
    item(bold('TSNETSTAT_OPTIONS'), 'Your own options, which override those in the file.'),
    item(
      terms(['XDG_CONFIG_HOME', 'HOME']),
      'Where the file of your own options is; on Windows APPDATA.',
    ),
    item(bold('NO_COLOR'), 'If not empty: no colour, unless --color or FORCE_COLOR asks for it.'),
    item(
      bold('FORCE_COLOR'),
      '0: no colour. 1, 2, 3: 16, 256, 16 million colours. Any other word: colour. In a pipe or a file only for --format table and --help; for the netstat format, --color=always.',
    ),
    item(terms(['TERM', 'COLORTERM']), 'How many colours the terminal has.'),
    item(bold('PAGER'), 'The program that --pager runs, and its options; default: less.'),
    item(
      terms(['TSNETSTAT_LINE', 'TSNETSTAT_WORD']),
      'Set by shell completions: --completion then prints what can come next on this line instead of the script.',
    ),
    item(bold('TSNETSTAT_DEBUG'), '1: the same as --debug.'),
    item(
      bold('TSNETSTAT_NO_CODE_CACHE'),
      'If not empty: the code cache is neither used nor written.',
    ),
    item(
      bold('PATH'),
      'Where to find netstat and ps (macOS), getent, ip, nft and iptables-save (Linux), ssh (--on) and the pager.',
    ),
    item(bold('XDG_RUNTIME_DIR'), 'Linux: where your own container engine listens (--workloads).'),
    item(bold('SystemRoot'), 'Windows: where to find the services and hosts files.'),
  ];
}

function shownExamples(): string[] {
  return [
    heading('EXAMPLES'),
    ...examples.flatMap(([command, what]) => [paragraph(`${sentence(what)}`), verbatim([command])]),
  ];
}

function differences(): string[] {
  return [
    heading('DIFFERENCES'),
    paragraph(
      "With the same flags on Linux, the output is that of net-tools 2.10's netstat, byte for byte. These are the main exceptions; docs/differences.md in the package lists all:",
    ),
    ...[
      'Control characters in names and paths are shown as escapes, so that they cannot harm a terminal.',
      'A UNIX path with blanks is shown whole. -W also shows whole program names.',
      'Warnings and errors are worded differently and go to standard error; trouble exits with 2.',
      'Statistics (-s) are organised by MIB names.',
      'A state without a name is shown as UNKNOWN(n).',
      'With -W an address and its port are never truncated, however long the host name is.',
      'A DNS answer that is not a host name, or that looks like an address, is not shown.',
      'Further words are an expression; netstat ignores them.',
    ].map(bullet),
    paragraph('Flags of netstat that are refused, because there is nothing to show:'),
    ...refusals(),
  ];
}

function seeAlso(): string[] {
  return [heading('SEE ALSO'), paragraph('netstat(8), ss(8), ip(8), lsof(8), proc(5)')];
}

/**
 * The manual page in roff.
 * @param date the page's date, as `2026-01-31`
 */
export function manPage(version: string, vocabulary: Vocabulary, date: string): string {
  return page(`.TH TSNETSTAT 1 "${date}" "tsnetstat ${roffCode(version)}" "User Commands"`, [
    heading('NAME'),
    'tsnetstat \\- network connections, routes, interfaces, multicast groups, statistics',
    heading('SYNOPSIS'),
    '\\fBtsnetstat\\fR [\\fIoptions\\fR] [\\fIexpression\\fR]',
    '.br',
    '\\fBtsnetstat\\fR \\fB\\-r\\fR | \\fB\\-i\\fR [\\fINAMES\\fR] | \\fB\\-g\\fR | \\fB\\-s\\fR [\\fIoptions\\fR]',
    heading('DESCRIPTION'),
    paragraph(
      "Lists network sockets, or with an option one of the other reports, on Linux, macOS and Windows. Flags and tables are those of net-tools' `netstat`, except for -s, which is organised by the kernel's counter names. It adds filters, sorting, and JSON and CSV for programs. It changes no setting or connection and ends no process. Apart from reading, it asks DNS for host names (unless -n is given), and the first listing with -p writes a code cache next to the program, if permitted.",
    ),
    paragraph(
      'Without options, lists the Internet sockets that are not servers, then the UNIX sockets that are not. One-letter options can be bundled (-tulpn), long ones abbreviated if unambiguous (--list). The value of a long option follows a blank or `=`. Separate several values by commas, or repeat the option. Seconds may have a unit: `500ms`, `30s`, `5m`, `1h`.',
    ),
    heading('OPTIONS'),
    ...options(),
    ...exitStatus(),
    ...[expressions, states, columns, checks].flatMap((section) => section(vocabulary).map(roffOf)),
    ...files(),
    ...environment(),
    ...shownExamples(),
    ...differences(),
    ...seeAlso(),
  ]);
}
