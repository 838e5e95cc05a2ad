import type { MetricFormat } from '../model/request/metrics.ts';

/**
 * What a client prefers, by its Accept and Accept-Encoding headers (RFC 9110, section 12). They come from anybody:
 * whatever is malformed is ignored.
 */

/** Each format as Accept names it. */
const offers = {
  prometheus: { type: 'text', subtype: 'plain', version: '0.0.4' },
  openmetrics: { type: 'application', subtype: 'openmetrics-text', version: '1.0.0' },
} as const satisfies Record<MetricFormat, unknown>;

/** How many elements of a header are read. */
const mostElements = 32;

interface Element {
  /** In lower case. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 to 1. */
  readonly quality: number;
}

/** The preferred format; the classic one unless the client prefers OpenMetrics. */
export function formatFor(accept: string | undefined): MetricFormat {
  const ranges = elementsOf(accept ?? '*/*');
  return qualityOf('openmetrics', ranges) > qualityOf('prometheus', ranges)
    ? 'openmetrics'
    : 'prometheus';
}

/** The quality that the most specific matching range gives a format. */
function qualityOf(format: MetricFormat, ranges: readonly Element[]): number {
  const { type, subtype, version } = offers[format];
  let best = { precision: -1, quality: 0 };
  for (const { name, parameters, quality } of ranges) {
    const asked = parameters.get('version');
    if (asked !== undefined && asked !== version) continue;
    const charset = parameters.get('charset');
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8') continue;
    const names = ['*/*', `${type}/*`, `${type}/${subtype}`];
    const place = names.indexOf(name);
    const precision = place < 0 ? -1 : place + (asked === undefined ? 0 : 1);
    if (precision > best.precision) best = { precision, quality };
  }
  return best.quality;
}

/** Whether the client wants the answer compressed. */
export function takesGzip(acceptEncoding: string | undefined): boolean {
  const codings = elementsOf(acceptEncoding ?? '');
  const quality = (...names: readonly string[]) =>
    codings.find(({ name }) => names.includes(name))?.quality;
  const gzip = quality('gzip', 'x-gzip') ?? quality('*') ?? 0;
  return gzip > 0 && gzip >= (quality('identity') ?? 0);
}

function elementsOf(header: string): readonly Element[] {
  return split(header, ',').slice(0, mostElements).map(elementOf);
}

function elementOf(text: string): Element {
  const [name = '', ...rest] = split(text, ';');
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [key = '', value = ''] = split(parameter, '=');
    parameters.set(key.toLowerCase(), unquoted(value));
  }
  const weight = parameters.get('q');
  return { name: name.toLowerCase(), parameters, quality: weight === undefined ? 1 : read(weight) };
}

/** A weight; 0 if it is malformed. */
function read(weight: string): number {
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0;
}

function unquoted(value: string): string {
  return /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value;
}

/** The parts between separators outside quotes, trimmed. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (isQuoted && character === '\\') i++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
