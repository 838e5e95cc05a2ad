import type { ReportKind } from '../../model/report/snapshot.ts';
import type { HelpTopic } from '../help-topic.ts';
import type { AttributeWords, CheckWords, Vocabulary } from '../vocabulary.ts';
import {
  codes,
  heading,
  item,
  type Piece,
  paragraph,
  sentence,
  subheading,
  verbatim,
} from './piece.ts';

/** The grammar of expressions, and their fields. */
export function expressions({ attributes, fields }: Vocabulary): readonly Piece[] {
  return [
    heading('EXPRESSIONS'),
    paragraph(
      'Words after the options are an expression that selects sockets, in the grammar of `ss`. They may be one argument or several; parentheses and `<`, `>`, `!`, `&`, `|` need quotes in a shell.',
    ),
    verbatim([
      'EXPRESSION := [STATES] CONDITION { [and | or] CONDITION }',
      'CONDITION  := not CONDITION | ( EXPRESSION ) | STATES',
      '            | FIELD [OPERATOR] VALUE[,VALUE]',
      'STATES     := state NAME[,NAME] | exclude NAME[,NAME], one or several',
    ]),
    paragraph(
      'Operators: `=` (also `==`, `eq`, or nothing), `!=` (`ne`, `neq`), `>` (`gt`), `<` (`lt`), `>=` (`ge`, `geq`), `<=` (`le`, `leq`). Connectives: `and` (`&`, `&&`, or nothing), `or` (`|`, `||`), `not` (`!`). As in `ss`, `and` and `or` have the same precedence and are read from left to right; use parentheses to be clear. Parentheses, `not` and changes between `and` and `or` may be 200 deep. Greater and less are for numbers and ports only. If a socket has no value for a field, only `!=` matches.',
    ),
    paragraph(
      'After `=` any of several values matches, as with `--port` and `--program`: `dport = 80,443`; after `!=` none of them may. Within the expression, quotes go around a value with blanks or characters of operators, and make one with commas a single value: `\'program = "(sd-pam)"\'`.',
    ),
    paragraph(
      'States at the start of an expression apply to all of it. Servers in a named state are included, so neither `-a` nor `-l` is needed. The message about a mistake shows its position and what was expected.',
    ),
    paragraph(
      'Fields are named like the columns of sockets, which COLUMNS (`--help columns`) describes. They are compared with:',
    ),
    ...fieldItems(attributes.sockets, fields),
  ];
}

/** The fields that are compared with the same values, and these. */
function fieldItems(attributes: readonly AttributeWords[], fields: readonly string[]): Piece[] {
  const byValues = new Map<string, string[]>();
  for (const attribute of attributes) {
    const { values } = attribute;
    if (values === null) continue;
    const names = byValues.get(values) ?? [];
    byValues.set(values, [...names, fieldNames(attribute, fields)]);
  }
  return [...byValues].map(([values, names]) => item(names.join(', '), sentence(values)));
}

/** The name that `fields` has for it, then the others in parentheses. */
function fieldNames({ key, aliases }: AttributeWords, fields: readonly string[]): string {
  const names = [key, ...aliases];
  const others = names.filter((name) => !fields.includes(name));
  const first = codes(names.filter((name) => fields.includes(name)));
  return others.length === 0 ? first : `${first} (${codes(others)})`;
}

/** The states that filters take, and their groups. */
export function states({ states: names, stateGroups }: Vocabulary): readonly Piece[] {
  return [
    heading('STATES'),
    paragraph(
      "Filters take these names, in any case, with a dash, an underscore or nothing between their words, and other tools' spellings of them (`LISTEN`, `ESTAB`, `SYN_RCVD`, `CLOSE`, `UNCONN`):",
    ),
    paragraph(`${codes(names)}.`),
    paragraph('Groups of states:'),
    ...Object.entries(stateGroups).map(([name, members]) =>
      item(
        `\`${name}\``,
        members.length === names.length
          ? 'every state.'
          : members.length * 2 < names.length
            ? `${codes(members)}.`
            : `every state but ${codes(names.filter((state) => !members.includes(state)))}.`,
      ),
    ),
    paragraph(
      'A UDP, UDP-Lite or raw socket is `established` if it has a peer, otherwise `closed`. A connected UNIX socket is `established`. `unknown` is a state code that this version has no name for. `tsnetstat --explain` describes each state.',
    ),
  ];
}

/** The columns of every report; those that all reports have only once. */
export function columns({ attributes, sortKeys }: Vocabulary): readonly Piece[] {
  const reports = Object.entries(attributes) as [ReportKind, readonly AttributeWords[]][];
  const isShared = ({ key, meaning }: AttributeWords) =>
    reports.every(([, words]) => words.some((one) => one.key === key && one.meaning === meaning));
  return [
    heading('COLUMNS'),
    paragraph(`Columns for \`--columns\`, by report. ${asSortKeys}`),
    ...reports.flatMap(([report, words]) => [
      subheading(report),
      ...words.filter((one) => !isShared(one)).map((one) => columnItem(one, sortKeys[report])),
    ]),
    subheading('every report'),
    ...attributes.sockets.filter(isShared).map((one) => columnItem(one, sortKeys.sockets)),
  ];
}

const asSortKeys =
  'Each is also a key of `--sort` unless marked; a dash before it sorts the largest first.';

function columnItem(
  { key, aliases, meaning, unit }: AttributeWords,
  sortKeys: readonly string[],
): Piece {
  const notSorted = sortKeys.includes(key) ? '' : ' Not a sort key.';
  return item(
    codes([key, ...aliases]) + (unit === null ? '' : ` (${unit})`),
    `${meaning}${notSorted}`,
  );
}

/** The columns of one report. */
function columnsOf(report: ReportKind, { attributes, sortKeys }: Vocabulary): readonly Piece[] {
  return [
    paragraph(`Columns of ${report}, for \`--columns\`. ${asSortKeys}`),
    ...attributes[report].map((one) => columnItem(one, sortKeys[report])),
    paragraph(
      'Columns of another report: the same with `-r`, `-i`, `-g` or `-s`; of sockets: without.',
    ),
  ];
}

/** The checks of --diagnose, and their thresholds. */
export function checks({ checks: all, checkFacts }: Vocabulary): readonly Piece[] {
  return [
    heading('CHECKS'),
    paragraph(
      'The checks of `--diagnose`: what each reports, by severity, and what to do; `tsnetstat --explain NAME` shows one. Thresholds are set after a colon, as in `close-wait:count=50`.',
    ),
    paragraph(checkFacts.join(' ')),
    ...all.flatMap(checkPieces),
  ];
}

function checkPieces({ name, intro, parts, thresholds }: CheckWords): readonly Piece[] {
  return [
    subheading(name),
    paragraph(intro),
    ...parts.map(([label, text]) => item(label, text)),
    ...thresholds.map(({ term, meaning }) => item(term, `${meaning}.`)),
  ];
}

/** What `--help TOPIC` prints; `report`: whose columns. */
export function topicPieces(
  topic: HelpTopic,
  report: ReportKind,
  vocabulary: Vocabulary,
): readonly Piece[] {
  const pieces = {
    columns: () => columnsOf(report, vocabulary),
    expressions: () => expressions(vocabulary),
    states: () => states(vocabulary),
    checks: () => checks(vocabulary),
  }[topic]();
  return pieces.filter(({ kind }) => kind !== 'heading');
}
