import type { Severity } from '../../model/report/diagnosis.ts';
import type { Check } from './check.ts';

/** What is true of several checks. Where all are described, it is said once for all. */
export const commonFacts = {
  readings: 'Where two readings are compared, they are a second apart.',
  servers:
    'The sockets of one program, user and unit at one address and port (SO_REUSEPORT) are one server, and one finding.',
  processes:
    'If owners cannot be seen, connections are counted not by process but by the end that more of them have in common: a port here or a server elsewhere.',
} as const;

/** The text about a check as it is laid out everywhere. */
export interface CheckLayout {
  /** What it finds, what follows from it, and when it runs. */
  readonly intro: string;
  /** The `commonFacts` that are true of it: for a text on this check alone. */
  readonly common: readonly string[];
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
export function layoutOf({ summary, text, about, thresholds, needs }: Check): CheckLayout {
  const { meaning, found, silent, remedy, counts } = text;
  return {
    intro: `${summary.charAt(0).toUpperCase()}${summary.slice(1)}. ${meaning}${scopes[about]}`,
    common: [
      ...(needs.twoReadings ? [commonFacts.readings] : []),
      ...(counts === undefined ? [] : [commonFacts[counts]]),
    ],
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
