import { isJsonObject } from '../../../text/json-object.ts';

/**
 * The most lists and objects, and the most values: as many as engines write for thousands of containers. JSON that
 * consists of little else takes a parser a thousand times as long for each byte: 8 MiB of `[` take seconds.
 */
const mostBrackets = 100_000;
const mostCommas = 250_000;

const openBracket = 0x5b;
const openBrace = 0x7b;
const comma = 0x2c;

/** Whether text is certain to be parsed quickly. */
function isSoonParsed(text: string): boolean {
  let brackets = 0;
  let commas = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === comma) commas++;
    else if (code === openBracket || code === openBrace) brackets++;
  }
  return brackets <= mostBrackets && commas <= mostCommas;
}

/** Parses JSON from others; null if it is invalid, or would take long to parse. */
export function jsonFrom(source: string | Buffer): unknown {
  const text = source.toString();
  if (!isSoonParsed(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A member of an object, of any type; undefined if there is none, or no object. */
export function member(value: unknown, ...keys: readonly string[]): unknown {
  let at = value;
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}

/** The elements of a list, at most `most`; none if it is not a list. */
export function elements(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

/** The members of an object, at most `most`; none if it is not an object. */
export function members(value: unknown, most: number): readonly (readonly [string, unknown])[] {
  return isJsonObject(value) ? Object.entries(value).slice(0, most) : [];
}
