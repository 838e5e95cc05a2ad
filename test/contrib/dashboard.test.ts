/** The shape of the dashboard; its queries are answered by a real Prometheus in test/differential/prometheus.test.ts. */
import { expect, test } from 'vitest';
import { checks, defaultSettings } from '../../src/analysis/checks/index.ts';
import { dashboard, dashboardText, queries } from './support/dashboard.ts';

const { panels } = dashboard;

test('it belongs to no Grafana yet, and can be known again', () => {
  expect(dashboard.id).toBeNull();
  expect(dashboard.uid).toBe('tsnetstat');
});

test('it takes whichever Prometheus is chosen', () => {
  const variables = dashboard.templating.list;
  expect(variables.map(({ name, type }) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['instance', 'query'],
    ['host', 'query'],
    ['netns', 'query'],
  ]);
  const sources = [
    ...dashboardText.matchAll(/"datasource": \{\s+"type": "prometheus",\s+"uid": "(.*)"/g),
  ].map(([, uid]) => uid);
  expect(sources.length).toBeGreaterThan(queries.length);
  expect(sources.length).toBe(dashboardText.split('"datasource":').length - 1);
  expect(new Set(sources)).toEqual(new Set(['$'.concat('{datasource}')]));
});

test('its panels lie beside each other, each with a number of its own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { title, gridPos } of panels) {
    const { x, y, w, h } = gridPos;
    expect(x + w, title).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        expect(taken.has(`${column} ${line}`), title).toBe(false);
        taken.add(`${column} ${line}`);
      }
    }
  }
});

test('each panel has a description, a unit, and queries that use the variables', () => {
  expect(panels.filter(({ type }) => type === 'row').length).toBeGreaterThan(8);
  for (const panel of panels.filter(({ type }) => type !== 'row')) {
    expect(panel.description, panel.title).toMatch(/\.$/);
    expect(panel.fieldConfig?.defaults.unit, panel.title).toBeDefined();
    expect(panel.targets?.map(({ refId }) => refId)).toEqual(
      panel.targets?.map((_, at) => String.fromCharCode(65 + at)),
    );
    for (const { expr } of panel.targets ?? []) {
      expect(expr).toContain('instance=~"$instance"');
      const used = [...expr.matchAll(/\$(\w+)/g)].map(([, name]) => name);
      for (const name of used)
        expect(['instance', 'host', 'netns', '__rate_interval']).toContain(name);
    }
  }
});

/** A panel of one number; of which check; its settings that colour it. */
test.each<[string, string, readonly string[]]>([
  ['CLOSE_WAIT', 'close-wait', ['count', 'many']],
  ['TIME_WAIT', 'time-wait-limit', ['full']],
  ['Fullest accept queue', 'accept-queue', ['full']],
  ['Local ports', 'local-ports', ['used', 'full']],
  ['Retransmitted', 'lossy-paths', ['loss']],
])('%s changes its colour if %s reports something', (title, name, settings) => {
  const panel = panels.find((one) => one.type === 'stat' && one.title === title);
  const check = checks.find((one) => one.name === name);
  if (panel === undefined || check === undefined) expect.fail('there is none');
  const { steps } = (
    panel.fieldConfig as unknown as {
      defaults: { thresholds: { steps: { value: number | null }[] } };
    }
  ).defaults.thresholds;
  const values = steps.map(({ value }) => value).filter((value) => value !== null);
  const expected = settings.map(
    (key) => (defaultSettings(check)[key] ?? 0) / (check.thresholds[key]?.unit === '%' ? 100 : 1),
  );
  // A full queue is red.
  expect(values).toEqual(name === 'accept-queue' ? [...expected, 1] : expected);
});
