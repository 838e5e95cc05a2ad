import type { Labels, MetricFamily } from '../../model/report/metric.ts';
import type { MetricFormat } from '../../model/request/metrics.ts';

/** The Content-Type of each format. */
export const contentTypes: Readonly<Record<MetricFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** How a format differs from the other. */
interface Dialect {
  readonly escapesQuotesInHelp: boolean;
  /** A histogram of current values, whose counts can fall. */
  readonly histogram: { readonly type: string; readonly count: string; readonly sum: string };
  /** The name of a family in comments, given the name of its samples. */
  familyName(name: string, sample: string): string;
  typeOf(type: MetricFamily['type']): string;
  readonly hasUnits: boolean;
  readonly end: string;
}

const dialects: Readonly<Record<MetricFormat, Dialect>> = {
  // https://prometheus.io/docs/instrumenting/exposition_formats/
  prometheus: {
    escapesQuotesInHelp: false,
    histogram: { type: 'histogram', count: '_count', sum: '_sum' },
    familyName: (_, sample) => sample,
    typeOf: (type) => (type === 'info' ? 'gauge' : type),
    hasUnits: false,
    end: '',
  },
  // https://prometheus.io/docs/specs/om/open_metrics_spec/
  openmetrics: {
    escapesQuotesInHelp: true,
    histogram: { type: 'gaugehistogram', count: '_gcount', sum: '_gsum' },
    familyName: (name) => name,
    typeOf: (type) => (type === 'histogram' ? 'gaugehistogram' : type),
    hasUnits: true,
    end: '# EOF\n',
  },
};

/** The suffix of a sample's name. */
const suffixes = { counter: '_total', info: '_info', gauge: '', histogram: '' } as const;

/** The text of each family. */
export function* metricsText(
  families: readonly MetricFamily[],
  format: MetricFormat,
): Generator<string> {
  const dialect = dialects[format];
  for (const family of families) yield familyText(family, dialect);
  if (dialect.end !== '') yield dialect.end;
}

function familyText(family: MetricFamily, dialect: Dialect): string {
  const { name, help, unit, type } = family;
  const sample = name + suffixes[type];
  const called = dialect.familyName(name, sample);
  const lines = [`# HELP ${called} ${helpText(help, dialect)}`];
  lines.push(`# TYPE ${called} ${dialect.typeOf(type)}`);
  if (dialect.hasUnits && unit !== null) lines.push(`# UNIT ${called} ${unit}`);
  if (family.type === 'histogram') {
    const { count, sum } = dialect.histogram;
    for (const { labels, buckets, count: all, sum: total } of family.samples) {
      for (const { bound, count: upTo } of buckets) {
        lines.push(line(`${name}_bucket`, { ...labels, le: boundText(bound) }, upTo));
      }
      lines.push(line(`${name}_bucket`, { ...labels, le: '+Inf' }, all));
      lines.push(line(`${name}${sum}`, labels, total));
      lines.push(line(`${name}${count}`, labels, all));
    }
  } else {
    for (const { labels, value } of family.samples) lines.push(line(sample, labels, value));
  }
  return `${lines.join('\n')}\n`;
}

function line(name: string, labels: Labels, value: number | bigint): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${labelValue(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

/** The same in both formats, so that scraping either gives the same series: OpenMetrics requires `1.0`. */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function labelValue(text: string): string {
  return text.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`));
}

function helpText(text: string, { escapesQuotesInHelp }: Dialect): string {
  const safe = text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  return escapesQuotesInHelp ? safe.replace(/"/g, '\\"') : safe;
}
