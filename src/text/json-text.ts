import type { ReportKind, Row } from '../model/report/snapshot.ts';
import { unsafe } from './sanitize.ts';

/** Printable ASCII: nearly every row is nothing else, and this is the fastest check. */
const plain = /^[ -~]*$/;

function escapeOf(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) {
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return text;
}

function safe(text: string): string {
  return plain.test(text) ? text : text.replace(unsafe(), escapeOf);
}

/**
 * Compact JSON that is safe for a terminal: what `sanitize` would take out is escaped, so that it parses back to
 * the very same text. (`JSON.stringify` itself leaves DEL, C1 and the bidirectional controls as they are.) Outside
 * of strings JSON has no such character.
 */
export function jsonText(value: unknown): string {
  return safe(JSON.stringify(value));
}

/**
 * Compact JSON of data with bigints, which `JSON.stringify` rejects: they become numbers with all their digits. Safe for a
 * terminal. What JSON has no word for, such as `undefined`, is `null`.
 * @throws TypeError for data that contains itself
 */
export function exactJson(value: unknown): string {
  return safe(quickText(value) ?? withBigints(value) ?? 'null');
}

/** The JSON if numbers can hold all bigints that are in plain sight; undefined: this way cannot tell. */
function quickText(value: unknown): string | undefined {
  const long = { found: false };
  try {
    const numbers = withNumbers(value, long);
    return long.found ? undefined : JSON.stringify(numbers);
  } catch {
    // It contains itself, or a bigint in an object that is not plain.
    return undefined;
  }
}

/**
 * The same value with numbers for those bigints that a number holds exactly. Nearly all are such, and
 * `JSON.stringify` takes a third of the time of `withBigints`.
 * @param long says whether there is another
 */
function withNumbers(value: unknown, long: { found: boolean }): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    long.found = true;
    return value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, long));
  const fields = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | null = null;
  for (const key in fields) {
    const field = fields[key];
    const number = withNumbers(field, long);
    if (number === field) continue;
    copy ??= { ...fields };
    copy[key] = number;
  }
  return copy ?? value;
}

/** Stands for a bigint until the JSON is made; no text in the data can know it. */
const mark = `bigint ${Math.random()} `;
const marked = new RegExp(`"${mark.replaceAll('.', '\\.')}(-?\\d+)"`, 'g');

function withBigints(value: unknown): string | undefined {
  const text = JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' || one instanceof BigInt ? `${mark}${one}` : one,
  ) as string | undefined;
  return text?.replace(marked, '$1');
}

/** Reports whose rows contain bigints. */
const reportsWithBigints: readonly ReportKind[] = ['interfaces', 'statistics'];

/** `tcpInfo` and the facts of `SocketInfo` contain bigints. */
function socketText(row: Row): string {
  return 'tcpInfo' in row || 'cookie' in row ? exactJson(row) : jsonText(row);
}

/** The function that writes a report's rows as JSON. */
export function rowTextOf(kind: ReportKind): (row: Row) => string {
  if (kind === 'sockets') return socketText;
  return reportsWithBigints.includes(kind) ? exactJson : jsonText;
}
