import { flagTable } from './flag-table.ts';
import { type Flag, type FlagGroup, flagGroups, shownFlags, spellings } from './flags.ts';
import { examples } from './help.ts';
import {
  bold,
  bullet,
  heading,
  italic,
  item,
  page,
  paragraph,
  roffCode,
  subheading,
  verbatim,
} from './roff.ts';
import type { AttributeWords, CheckWords, Vocabulary } from './vocabulary.ts';

function codes(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

/** A summary as a sentence. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('?') ? '' : '.'}`;
}

function flagItem(flag: Flag): string {
  const value = flag.value === undefined ? '' : italic(flag.value.name);
  const taken = value === '' ? '' : flag.optionalValue ? ` [${value}]` : ` ${value}`;
  const details = flag.details === undefined ? '' : ` ${flag.details}`;
  return item(terms(spellings(flag)) + taken, summary(flag) + details);
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
    ...shownFlags(flagTable, group).map(flagItem),
  ]);
}

/** Flags that are refused with a message and exit code 2, and why. */
function refusals(): string[] {
  return (flagTable as readonly Flag[]).flatMap((flag) =>
    flag.refusal === undefined ? [] : [item(terms(spellings(flag)), sentence(flag.refusal))],
  );
}

function states({ states: names, stateGroups }: Vocabulary): string[] {
  return [
    heading('STATES'),
    paragraph(
      "Filters take these names, in any case, with a dash, an underscore or nothing between their words, and other tools' spellings of them (`LISTEN`, `ESTAB`, `SYN_RCVD`, `CLOSE`, `UNCONN`):",
    ),
    paragraph(`${codes(names)}.`),
    paragraph('These stand for several:'),
    ...Object.entries(stateGroups).map(([name, members]) =>
      item(
        bold(name),
        members.length === names.length
          ? 'every state.'
          : members.length * 2 < names.length
            ? `${codes(members)}.`
            : `every state but ${codes(names.filter((state) => !members.includes(state)))}.`,
      ),
    ),
    paragraph(
      'A UDP, UDP-Lite or raw socket is `established` where it has a peer and `closed` where it has none. A connected UNIX socket is `established`. `unknown` is a code that this version has no name for. What each means: `tsnetstat --explain`.',
    ),
  ];
}

/** A field's item: ss's name first, then the others. */
function fieldItem({ key, aliases, meaning, values }: AttributeWords): string {
  return item(terms([...aliases, key]), `${meaning} Compared with ${values}.`);
}

function expressions({ attributes }: Vocabulary): string[] {
  return [
    heading('EXPRESSIONS'),
    paragraph(
      'Words after the options choose among the sockets, in the grammar of `ss`. They may be given as several arguments or one; parentheses and `<`, `>`, `!`, `&`, `|` need quotes in a shell.',
    ),
    verbatim([
      'EXPRESSION := [STATES] CONDITION { [and | or] CONDITION }',
      'CONDITION  := not CONDITION | ( EXPRESSION ) | STATES | FIELD [OPERATOR] VALUE',
      'STATES     := state NAME | exclude NAME, one or several',
    ]),
    paragraph(
      'Operators: `=` (also `==`, `eq`, or nothing), `!=` (`ne`, `neq`), `>` (`gt`), `<` (`lt`), `>=` (`ge`, `geq`), `<=` (`le`, `leq`). Connectives: `and` (`&`, `&&`, or nothing), `or` (`|`, `||`), `not` (`!`). As in `ss`, and and or have the same rank and are read from left to right: parentheses make it plain. More and less are for numbers and ports only. A value that a socket does not have fits no operator but `!=`.',
    ),
    paragraph(
      'States that begin an expression hold for all of it. Naming one asks for servers too where they are in it, so neither `-a` nor `-l` is needed. Fields:',
    ),
    ...attributes.sockets.filter(({ values }) => values !== null).map(fieldItem),
    paragraph('A mistake is answered with its position, a caret under it, and what was expected.'),
  ];
}

function checkItem({ name, summary, details, thresholds }: CheckWords): string {
  const set = thresholds.map(({ name: key, value, unit, meaning }) => {
    const number = unit === null ? `${value}` : `${value} ${unit}`;
    return `\`${key}\` (${number}): ${meaning}`;
  });
  const settable = set.length === 0 ? '' : ` Can be set: ${set.join('; ')}.`;
  return item(bold(name), `${sentence(summary)} ${details}${settable}`);
}

function checks({ checks: all }: Vocabulary): string[] {
  return [
    heading('CHECKS'),
    paragraph(
      'What --diagnose looks for; behind a colon stands what is set, as in `close-wait:count=50`:',
    ),
    ...all.map(checkItem),
  ];
}

function columnItem({ key, aliases, meaning, unit }: AttributeWords): string {
  return item(terms([key, ...aliases]) + (unit === null ? '' : ` (${unit})`), meaning);
}

function keys({ attributes, sortKeys }: Vocabulary): string[] {
  return [
    heading('COLUMNS'),
    paragraph('What --columns takes, by report:'),
    ...Object.entries(attributes).flatMap(([report, words]) => [
      subheading(report),
      ...words.map(columnItem),
    ]),
    heading('SORT KEYS'),
    paragraph(
      'What --sort takes, by report, each with a dash before it for the largest first; the other names of a column will do too:',
    ),
    ...Object.entries(sortKeys).map(([report, names]) => item(italic(report), `${codes(names)}.`)),
  ];
}

function rest(): string[] {
  return [
    heading('EXIT STATUS'),
    item(
      bold('0'),
      'Done; with -q, something matched; with --diff, nothing differs. Also where the reader of a pipe has enough.',
    ),
    item(
      bold('1'),
      'With -q: nothing matched. With --diff: something differs. With --diagnose: something was found.',
    ),
    item(
      bold('2'),
      'Trouble: a mistake on the command line, or a source or file that cannot be read or written.',
    ),
    item(bold('130'), 'Ended by Ctrl-C between rounds of -c.'),
    paragraph(
      'What is merely missing from an answer is told on standard error and changes no exit status; of several machines (--on) also those that do not answer, unless none does or --strict is there.',
    ),

    heading('FILES'),
    item(
      italic('/proc/net'),
      'Linux: sockets, of the own network namespace (tcp, udp, udplite, raw, each with its IPv6 twin, unix, and in sctp eps and assocs), and the other reports (route, ipv6_route, dev, if_inet6, igmp, igmp6, snmp, snmp6, netstat).',
    ),
    item(italic('/proc/PID'), 'Linux: owners (fd, cmdline, exe).'),
    item(italic('/sys/class/net'), 'Linux: what /proc/net does not tell of interfaces.'),
    item(
      italic('/etc'),
      'Names for numbers: services, protocols, hosts, networks, passwd; and where else to look for them: nsswitch.conf.',
    ),

    heading('ENVIRONMENT'),
    item(bold('NO_COLOR'), 'Not empty: no colour unless asked for by --color or FORCE_COLOR.'),
    item(
      bold('FORCE_COLOR'),
      '0: no colour. 1, 2, 3: 16, 256, 16 million colours, even into a pipe. Any other word: yes.',
    ),
    item(terms(['TERM', 'COLORTERM']), 'How many colours the terminal has.'),
    item(
      bold('TSNETSTAT_LINE'),
      'Set by the completions of a shell: with --completion, what may come next on this line is printed in place of the script.',
    ),
    item(bold('PATH'), 'Where netstat and ps (macOS), getent and ip (Linux) are found.'),
    item(bold('SystemRoot'), 'Windows: where its services and hosts files are.'),

    heading('EXAMPLES'),
    ...examples.flatMap(([command, what]) => [paragraph(`${sentence(what)}`), verbatim([command])]),

    heading('DIFFERENCES'),
    paragraph(
      "With the same flags on Linux, what is printed is that of net-tools 2.10's netstat, byte for byte, but for this:",
    ),
    ...[
      'Names and paths that others choose cannot harm a terminal: control characters show as escapes.',
      'A UNIX path with blanks is shown whole. -W also shows whole program names.',
      'Warnings and errors are in other words and go to standard error; trouble exits with 2.',
      'Statistics (-s) are organised by MIB names.',
      'A state that netstat has no name for shows as UNKNOWN(n).',
      'With -W an address and its port are never cut, however long a host name is.',
      'An answer from DNS that is no host name, or reads like an address, is not shown.',
      'Further words are an expression; netstat passes over them.',
    ].map(bullet),
    paragraph('Flags that netstat has or had and that have nothing to show any more:'),
    ...refusals(),

    heading('SEE ALSO'),
    paragraph('netstat(8), ss(8), ip(8), lsof(8), proc(5)'),
  ];
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
    '\\fBtsnetstat\\fR \\fB\\-r\\fR | \\fB\\-i\\fR | \\fB\\-g\\fR | \\fB\\-s\\fR [\\fIoptions\\fR]',
    heading('DESCRIPTION'),
    paragraph(
      "Lists network sockets, or with an option one of the other reports, on Linux, macOS and Windows, with the flags and tables of net-tools' `netstat` (but for -s, which is organised by the kernel's counter names); and beyond it filters, sorting, and JSON and CSV for programs. It changes no setting and no connection and ends no process. Besides reading, it asks DNS for host names (unless -n is given), and the first listing with -p writes a code cache beside the program, if it may.",
    ),
    paragraph(
      'Without options: the sockets that are not servers, then the UNIX sockets that are not. One-letter options may be bundled (-tulpn), long ones shortened as long as they are unmistakable (--list). A value may follow a long option after a blank or `=`; several values are separated by commas, or the option is repeated.',
    ),
    heading('OPTIONS'),
    ...options(),
    ...expressions(vocabulary),
    ...states(vocabulary),
    ...keys(vocabulary),
    ...checks(vocabulary),
    ...rest(),
  ]);
}
