import type { Severity } from '../../model/report/diagnosis.ts';
import type { Check } from './check.ts';

/** The text about a check as it is laid out everywhere. */
export interface CheckLayout {
  /** What it finds, what follows from it, and when it runs. */
  readonly intro: string;
  /** What is reported and what is not, and what to do, each under a label of one or two words. */
  readonly parts: readonly (readonly [label: string, text: string])[];
  readonly thresholds: readonly {
    readonly name: string;
    /** Its default. */
    readonly value: number;
    /** Both, with the unit: `count` (20). */
    readonly term: string;
    /** A phrase. */
    readonly meaning: string;
  }[];
}

/** When a check runs. */
const scopes: Readonly<Record<Check['about'], string>> = {
  sockets: '',
  network: ' About the network as a whole: where sockets are selected, it runs only if named.',
  machine: ' About the machine as a whole: where sockets are selected, it runs only if named.',
  service: ' It runs if one service is selected: `--port 7071`, `--program NAME`.',
};

const labels: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  note: 'Note',
};

/** The parts of what is said about a check. */
export function layoutOf({ summary, text, about, thresholds }: Check): CheckLayout {
  const { meaning, found, silent, remedy } = text;
  return {
    intro: `${summary.charAt(0).toUpperCase()}${summary.slice(1)}. ${meaning}${scopes[about]}`,
    parts: [
      ...found.map(([severity, when]) => [labels[severity], when] as const),
      ...(silent === undefined ? [] : [['Silent', silent] as const]),
      ['To do', remedy],
    ],
    thresholds: Object.entries(thresholds).map(([name, { value, unit, meaning: limited }]) => ({
      name,
      value,
      term: `\`${name}\` (${value}${unit === undefined ? '' : ` ${unit}`})`,
      meaning: limited,
    })),
  };
}
