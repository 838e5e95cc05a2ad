import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { rulesFile } from './rules.ts';

/** An alert that fires. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A series by what it is called, and its values from minute 0 on, as promtool writes them: `1x30`, `0+5x10 _x5`. */
export type Series = Readonly<Record<string, string>>;

/** What fires of an alert at a time (`10m`), as `promtool test rules` tells it. */
export function firing(alert: string, series: Series, at: string): readonly Firing[] {
  const folder = temporaryFolder('tsnetstat-rules-');
  const file = join(folder, 'tests.yml');
  const test = {
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    // It prints what fires where nothing is expected.
    alert_rule_test: [{ alertname: alert, eval_time: at, exp_alerts: [] }],
  };
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests: [test] }),
  );
  const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
    encoding: 'utf8',
  });
  if (status === 0 && stdout.includes('SUCCESS')) return [];
  const alerts = [...stderr.matchAll(/^ +Labels:\{(.*)\}\n +Annotations:\{(.*)\}$/gm)];
  if (alerts.length === 0) throw new Error(`promtool: ${stdout}${stderr}`);
  return alerts.map(([, labels = '', annotations = '']) => ({
    labels: pairsIn(labels),
    annotations: pairsIn(annotations),
  }));
}

/** `a="1", b="2"`. */
function pairsIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name, value]));
}
