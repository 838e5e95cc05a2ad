import type { ReportKind, Row } from '../model/snapshot.ts';
import { unsafe } from './sanitize.ts';

/** Nearly every row is nothing but these, and this is the fastest way to know. */
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
 * Compact JSON that is safe for a terminal: what `sanitize` would take out is escaped, so that it
 * parses back to the very same text. (`JSON.stringify` itself leaves DEL, C1 and the bidirectional
 * controls as they are.) Outside of strings JSON has no such character.
 */
export function jsonText(value: unknown): string {
  return safe(JSON.stringify(value));
}

/**
 * The same for plain data that holds bigints, which `JSON.stringify` refuses: they become numbers of all
 * their digits.
 */
export function exactJson(value: unknown): string {
  return safe(written(value));
}

function written(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  let text = '';
  for (const key in value) {
    const field = (value as Readonly<Record<string, unknown>>)[key];
    if (field === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written(field)}`;
  }
  return `{${text}}`;
}

/** Reports whose rows hold bigints. */
const counting: readonly ReportKind[] = ['interfaces', 'statistics'];

/** A connection's record holds bigints, and so does what else the kernel tells on request. */
function socketText(row: Row): string {
  return 'tcpInfo' in row || 'cookie' in row ? exactJson(row) : jsonText(row);
}

/** How a report's rows are written. */
export function rowTextOf(kind: ReportKind): (row: Row) => string {
  if (kind === 'sockets') return socketText;
  return counting.includes(kind) ? exactJson : jsonText;
}
