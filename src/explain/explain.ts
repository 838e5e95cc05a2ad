import { NetstatError } from '../errors.ts';
import { allProtocols } from '../model/protocol.ts';
import { type Socket, timerKinds } from '../model/socket/socket.ts';
import { bareState, type StateName, states, statesSpelled } from '../model/socket/state.ts';
import { didYouMean, nearNames } from '../text/near-names.ts';
import { proseLines } from '../text/prose-lines.ts';
import { columnHeaders, columnsCalled } from './columns.ts';
import { datagramTexts } from './datagram.ts';
import { groupMeanings } from './groups.ts';
import { protocolLabels, protocolTexts } from './protocols.ts';
import { sctpTexts } from './sctp.ts';
import { partLabels, type StateText } from './state-text.ts';
import { tcpTexts } from './tcp.ts';
import { unixTexts } from './unix.ts';

const width = 78;

/** Any table can show a code without a name. */
const unknownTexts = {
  UNKNOWN: {
    summary: 'A code that this version has no name for.',
    meaning:
      'The kernel gave a number that this version of tsnetstat does not know; the number follows in parentheses. Everything else in the row can be trusted.',
    many: 'The kernel is newer than this version: look for an update.',
  },
} satisfies Record<string, StateText>;

/** All texts by the kind of state, in the order of the overview. */
export const sections: Readonly<Record<string, Readonly<Record<string, StateText>>>> = {
  TCP: tcpTexts,
  'UDP, UDP-Lite, raw': datagramTexts,
  'SCTP associations': sctpTexts,
  UNIX: unixTexts,
  'any table': unknownTexts,
};

/** The column at which the summaries begin. */
const summaryColumn = 21;

function overview(): string {
  const blocks = Object.entries(sections).map(([whose, texts]) => {
    const rows = Object.entries(texts).map(
      ([state, { summary }]) => `  ${state.padEnd(summaryColumn - 2)}${summary}`,
    );
    return [whose, ...rows].join('\n');
  });
  const more = `tsnetstat --explain STATE describes one state: how a socket enters it, how it\nleaves it, and what many of them mean. It takes the groups of --state, too:\n${Object.keys(groupMeanings).join(', ')}; protocols, as in the column Proto;\ncolumns, by what heads them; and checks of --diagnose, by name.`;
  return `${[...blocks, more].join('\n\n')}\n`;
}

/** The column at which the text after a label begins, unless a label is too long. */
const textColumn = 12;

/** Parts of a text with their labels; without a text a part is left out. */
type Parts = readonly (readonly [label: string, text: string | undefined])[];

/** A text under a heading, and below it its parts. What to type is in backticks. */
function block(heading: string, text: string, parts: Parts = []): string {
  const meaning = proseLines(text, width - 2).map((line) => `  ${line}`);
  const column = Math.max(textColumn, ...parts.map(([label]) => label.length + 4));
  const partLines = parts.flatMap(([label, said]) =>
    said === undefined
      ? []
      : proseLines(said, width - column).map(
          (line, index) => `  ${(index === 0 ? label : '').padEnd(column - 2)}${line}`,
        ),
  );
  const body = partLines.length === 0 ? meaning : [...meaning, '', ...partLines];
  return [heading, ...body].join('\n');
}

function stateBlock(state: string, whose: string, text: Omit<StateText, 'summary'>): string {
  const parts = (['entered', 'left', 'many'] as const).map(
    (part) => [partLabels[part], text[part]] as const,
  );
  return block(`${state} (${whose})`, text.meaning, parts);
}

/** The text about a socket's state; null if there is none. */
export function stateTextOf({
  protocol,
  state,
}: Pick<Socket, 'protocol' | 'state'>): StateText | null {
  if (state === null) return null;
  const texts: Readonly<Record<string, StateText>> =
    protocol === 'unix'
      ? unixTexts
      : protocol === 'tcp' || protocol === 'sctp'
        ? tcpTexts
        : datagramTexts;
  const name = state.replace(/\(.*$/, '');
  return texts[name] ?? (name === 'UNKNOWN' ? unknownTexts.UNKNOWN : null);
}

/**
 * The states that a name may mean: any spelling, also with blanks or a code after it, or netstat's number for a raw
 * socket.
 */
function statesCalled(name: string): ReadonlySet<string> {
  const raw = (Object.keys(states) as StateName[]).filter((state) => {
    const facts = states[state];
    return 'raw' in facts && String(facts.raw) === name.trim();
  });
  return new Set([...raw, ...statesSpelled(name.replace(/\(\d*\)$|\s/g, ''))]);
}

/** A text on something that no table shows. What to type is in backticks. */
interface Explanation {
  readonly heading: string;
  readonly text: string;
  readonly parts: Parts;
}

/** What is explained besides what tables show. */
interface Others {
  /** Every name. */
  readonly names: readonly string[];
  /** The text on what a word means, in any spelling; null: it means nothing. */
  called(word: string): Explanation | null;
}

const noOthers: Others = { names: [], called: () => null };

/**
 * Explains what is called so, each once, in plain text of at most 78 columns: states, their groups, protocols and
 * columns, and what `others` has; without names: an overview of all states. Names are accepted in any case and in the
 * common spellings.
 * @throws NetstatError `usage` for a name that means nothing
 */
export function explain(names: readonly string[], others = noOthers): string {
  if (names.length === 0) return overview();
  // A header of several words, as the table shows it: `Local Address`.
  const header = names.join(' ');
  const asked = names.length > 1 && columnsCalled(header).length > 0 ? [header] : names;
  const blocks = new Set(asked.flatMap((name) => blocksOf(name, others)));
  return `${[...blocks].join('\n\n')}\n`;
}

/**
 * The texts of the states, and of the group, that a name may mean (CLOSE is one of TCP and of SCTP); where there is none,
 * those of the protocol, of the columns and of the others. A check may be called like a state: it follows
 * where its name is spelled exactly so.
 */
function blocksOf(name: string, others: Others): readonly string[] {
  const named = statesCalled(name);
  const stateBlocks = Object.entries(sections).flatMap(([whose, texts]) =>
    Object.entries(texts)
      .filter(([state]) => named.has(state))
      .map(([state, text]) => stateBlock(state, whose, text)),
  );
  const groupBlocks = Object.entries(groupMeanings)
    .filter(([group]) => bareState(group) === bareState(name))
    .map(([group, meaning]) => stateBlock(group, 'several states, for --state', { meaning }));
  const isAlsoOther = others.names.includes(name);
  const found = [...stateBlocks, ...groupBlocks];
  const blocks =
    found.length > 0
      ? [...found, ...(isAlsoOther ? otherBlocks(name, others) : [])]
      : [
          ...protocolBlocks(name),
          ...columnBlocks(isTimer(name) ? 'timer' : name),
          ...otherBlocks(name, others),
        ];
  if (blocks.length > 0) return blocks;
  const known = Object.values({ ...sections, groupMeanings }).flatMap((texts) =>
    Object.keys(texts),
  );
  const near = nearNames(name, known);
  const farther = [...allProtocols, ...columnHeaders(), ...others.names];
  const meant = didYouMean(near.length > 0 ? near : nearNames(name, farther));
  const remedy = counterHint(name) ?? (meant || '--explain alone lists them all');
  throw new NetstatError(
    'usage',
    `no state, protocol, column or check is called ${JSON.stringify(name.slice(0, 40))}: ${remedy}`,
  );
}

function otherBlocks(name: string, { called }: Others): readonly string[] {
  const found = called(name);
  if (found === null) return [];
  return [block(found.heading, found.text, found.parts)];
}

/** Whether it is what the column Timer may contain. */
function isTimer(name: string): boolean {
  return (timerKinds as readonly string[]).includes(name.toLowerCase());
}

/** Counters are called as the kernel calls them: `ListenOverflows`. */
function counterHint(name: string): string | null {
  return /^[A-Z][a-z]+[A-Z]\w+$/.test(name)
    ? 'if it is a counter, -s lists it with its meaning'
    : null;
}

/** The rows of a protocol, called as in the column Proto: `tcp`, `udp6`, `udpl`. */
function protocolBlocks(name: string): readonly string[] {
  const bareName = name
    .toLowerCase()
    .replace(/[-\s]/g, '')
    .replace(/(?:46|4|6)$/, '');
  const protocol = allProtocols.find((one) => one === (bareName === 'udpl' ? 'udplite' : bareName));
  if (protocol === undefined) return [];
  const text = protocolTexts[protocol];
  const parts = (['recv', 'send', 'states'] as const).map(
    (part) => [protocolLabels[part], text[part]] as const,
  );
  return [block(text.title, text.meaning, parts)];
}

function columnBlocks(name: string): readonly string[] {
  return columnsCalled(name).map(({ header, report, key, meaning }) =>
    block(`${header} (${report}, --columns ${key})`, meaning),
  );
}
