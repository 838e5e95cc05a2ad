import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** The file of rules that is shipped. */
export const rulesFile = join(root, 'contrib/prometheus/tsnetstat.rules.yml');

/** A rule of Prometheus. */
export interface Rule {
  readonly kind: 'alert' | 'record';
  readonly name: string;
  /** On one line. */
  readonly expr: string;
  /** `5m`; an empty text: at once. */
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The rules in a file, in its order. It reads the YAML that the shipped file is written in: keys with a value on the
 * line or folded behind `>-`, and no more; that Prometheus reads the same is a test of its own.
 */
function rulesIn(text: string): readonly Rule[] {
  const rules: Record<string, unknown>[] = [];
  let fields: Record<string, string> = {};
  let folded: { readonly key: string; readonly indent: number } | null = null;
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/);
    if (indent === -1) continue;
    if (folded !== null && indent > folded.indent) {
      fields[folded.key] = `${fields[folded.key]} ${line.trim()}`.trim();
      continue;
    }
    folded = null;
    const [, dash = '', key = '', value = ''] = /^ *(- )?(\w+):(?: (.*))?$/.exec(line) ?? [];
    if (key === 'alert' || key === 'record') {
      fields = { kind: key, name: value, for: '' };
      rules.push(Object.assign(fields, { labels: {}, annotations: {} }));
    } else if (indent < 8 || dash !== '' || rules.length === 0) {
      // A group's own.
    } else if (key === 'labels' || key === 'annotations') {
      fields = (rules.at(-1) as Record<string, Record<string, string>>)[key] ?? {};
    } else if (key !== '') {
      if (indent === 8) fields = rules.at(-1) as Record<string, string>;
      fields[key] = value === '>-' ? '' : value.replace(/^"(.*)"$/, '$1');
      if (value === '>-') folded = { key, indent };
    }
  }
  return rules as unknown as Rule[];
}

/** The rules that are shipped. */
export const rules = rulesIn(readFileSync(rulesFile, 'utf8'));

/** The alerts among them. */
export const alerts = rules.filter(({ kind }) => kind === 'alert');
