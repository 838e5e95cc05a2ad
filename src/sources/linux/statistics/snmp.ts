import type { Counter } from '../../../model/machine/counter.ts';
import { linesOf, type Parsed, parseLines, wordsOf } from '../line-reader.ts';
import { describeCounter } from './counters/index.ts';

/** A counter of at most 64 bits. */
const number = /^-?\d{1,20}$/;

function counterOf(group: string, name: string, value: string): Counter {
  return { group, name, value: BigInt(value), ...describeCounter(group, name) };
}

/**
 * /proc/net/snmp and /proc/net/netstat (net/ipv4/proc.c): pairs of lines that begin with the
 * group's name and a colon, names above, values below.
 */
export function parseSnmp(text: string): Parsed<Counter> {
  const rows: Counter[] = [];
  const malformed: number[] = [];
  let names: { group: string; words: string[]; line: number } | null = null;
  for (const [at, line] of linesOf(text).entries()) {
    const colon = line.indexOf(':');
    const group = line.slice(0, Math.max(colon, 0));
    const words = wordsOf(line.slice(colon + 1));
    if (group === '') {
      malformed.push(at + 1);
    } else if (names === null || names.group !== group) {
      if (names !== null) malformed.push(names.line);
      names = { group, words, line: at + 1 };
    } else if (words.length !== names.words.length || !words.every((word) => number.test(word))) {
      malformed.push(at + 1);
      names = null;
    } else {
      for (const [i, name] of names.words.entries()) {
        rows.push(counterOf(group, name, words[i] as string));
      }
      names = null;
    }
  }
  if (names !== null) malformed.push(names.line);
  return { rows, malformed };
}

/** A word of /proc/net/snmp6 begins with its group, whose end is the 6: `Ip6`, `UdpLite6`, and any later one. */
const group6 = /^[^6]+6(?=.)/;

/** /proc/net/snmp6 (net/ipv6/proc.c): one counter a line, group and name in one word. */
export function parseSnmp6(text: string): Parsed<Counter> {
  return parseLines(text, (line) => counterLine(line, group6, 'Snmp6'));
}

/** /proc/net/sctp/snmp (net/sctp/proc.c): the same format. */
export function parseSctpSnmp(text: string): Parsed<Counter> {
  return parseLines(text, (line) => counterLine(line, /^Sctp(?=.)/, 'Sctp'));
}

/** A line with one counter, whose name follows its `group`; a word without one is a name, of the group `other`. */
function counterLine(line: string, group: RegExp, other: string): Counter | null {
  const [word = '', value = '', ...more] = wordsOf(line);
  if (!/^\w+$/.test(word) || !number.test(value) || more.length > 0) return null;
  const [known] = group.exec(word) ?? [];
  return known === undefined
    ? counterOf(other, word, value)
    : counterOf(known, word.slice(known.length), value);
}
