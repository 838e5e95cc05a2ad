import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** As far as the tests look at it. */
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: {
    readonly h: number;
    readonly w: number;
    readonly x: number;
    readonly y: number;
  };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
}

interface Dashboard {
  readonly id: null;
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

const file = join(import.meta.dirname, '../../../contrib/grafana/tsnetstat.json');
/** As it is shipped. */
export const dashboardText = readFileSync(file, 'utf8');
/** The same, parsed. */
export const dashboard = JSON.parse(dashboardText) as Dashboard;

/** Every query of it, with its panel's title. */
export const queries = dashboard.panels.flatMap(({ title, targets }) =>
  (targets ?? []).map(({ expr }) => ({ title, expr })),
);
