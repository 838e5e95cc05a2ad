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
 * Compact JSON of plain data with bigints, which `JSON.stringify` rejects: they become numbers with all their
 * digits. Safe for a terminal.
 */
export function exactJson(value: unknown): string {
  const long = { found: false };
  const numbers = withNumbers(value, long);
  return safe(long.found ? withBigints(value) : JSON.stringify(numbers));
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

function withBigints(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(withBigints).join(',')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${withBigints(field)}`).join(',')}}`;
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
