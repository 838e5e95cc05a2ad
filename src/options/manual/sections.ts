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
      '            | FIELD [OPERATOR] VALUE',
      'STATES     := state NAME[,NAME] | exclude NAME[,NAME], one or several',
    ]),
    paragraph(
      'Operators: `=` (also `==`, `eq`, or nothing), `!=` (`ne`, `neq`), `>` (`gt`), `<` (`lt`), `>=` (`ge`, `geq`), `<=` (`le`, `leq`). Connectives: `and` (`&`, `&&`, or nothing), `or` (`|`, `||`), `not` (`!`). As in `ss`, `and` and `or` have the same precedence and are read from left to right; use parentheses to be clear. Greater and less are for numbers and ports only. If a socket has no value for a field, only `!=` matches.',
    ),
    paragraph(
      'States at the start of an expression apply to all of it. Servers in a named state are included, so neither `-a` nor `-l` is needed. Fields:',
    ),
    ...attributes.sockets
      .filter(({ values }) => values !== null)
      .map((field) => fieldItem(field, fields)),
    paragraph('The message about a mistake shows its position and what was expected.'),
  ];
}

/** A field's item: the name that `fields` has for it first, then the others. */
function fieldItem(
  { key, aliases, meaning, values }: AttributeWords,
  fields: readonly string[],
): Piece {
  const names = [key, ...aliases];
  const first = names.filter((name) => fields.includes(name));
  const others = names.filter((name) => !fields.includes(name));
  return item(codes([...first, ...others]), `${meaning} Compared with ${values}.`);
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

/** The columns of every report. */
export function columns({ attributes }: Vocabulary): readonly Piece[] {
  return [
    heading('COLUMNS'),
    paragraph('Columns for `--columns`, by report:'),
    ...Object.entries(attributes).flatMap(([report, words]) => [
      subheading(report),
      ...words.map(columnItem),
    ]),
  ];
}

function columnItem({ key, aliases, meaning, unit }: AttributeWords): Piece {
  return item(codes([key, ...aliases]) + (unit === null ? '' : ` (${unit})`), meaning);
}

/** The keys by which the rows of every report are sorted. */
export function sortKeys({ sortKeys: keys }: Vocabulary): readonly Piece[] {
  return [
    heading('SORT KEYS'),
    paragraph(
      'Keys for `--sort`, by report; a dash before a key sorts the largest first. The other names of a column work too:',
    ),
    ...Object.entries(keys).map(([report, names]) => item(report, `${codes(names)}.`)),
  ];
}

/** The columns and sort keys of one report. */
function columnsOf(
  report: ReportKind,
  { attributes, sortKeys: keys }: Vocabulary,
): readonly Piece[] {
  return [
    paragraph(`Columns of ${report}, for \`--columns\`:`),
    ...attributes[report].map(columnItem),
    paragraph(`Keys for \`--sort\`; a dash before a key sorts the largest first:`),
    paragraph(`${codes(keys[report])}.`),
    paragraph(
      'Columns of another report: the same with `-r`, `-i`, `-g` or `-s`; of sockets: without.',
    ),
  ];
}

/** The checks of --diagnose, and their thresholds. */
export function checks({ checks: all }: Vocabulary): readonly Piece[] {
  return [
    heading('CHECKS'),
    paragraph(
      'The checks of `--diagnose`. Thresholds are set after a colon, as in `close-wait:count=50`:',
    ),
    ...all.map(checkItem),
  ];
}

function checkItem({ name, summary, details, thresholds }: CheckWords): Piece {
  const set = thresholds.map(({ name: key, value, unit, meaning }) => {
    const number = unit === null ? `${value}` : `${value} ${unit}`;
    return `\`${key}\` (${number}): ${meaning}`;
  });
  const settable = set.length === 0 ? '' : ` Thresholds: ${set.join('; ')}.`;
  return item(`\`${name}\``, `${sentence(summary)} ${details}${settable}`);
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
