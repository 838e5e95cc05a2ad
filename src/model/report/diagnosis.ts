import type { InPlace } from '../machine/place.ts';
import type { Socket } from '../socket/socket.ts';
import type { Workload } from '../socket/workload.ts';
import type { Service } from './service.ts';
import type { PlatformName, schemaVersion, Warning } from './snapshot.ts';

/**
 * How severe a finding is, the worst first. `critical`: connections fail or data is lost now. `warning`: they soon
 * will, or somebody waits. `note`: worth knowing.
 */
export const severities = ['critical', 'warning', 'note'] as const;

/** How severe a finding is. */
export type Severity = (typeof severities)[number];

/** Sorts the most severe first. */
export function bySeverity(one: Severity, other: Severity): number {
  return severities.indexOf(one) - severities.indexOf(other);
}

/**
 * How certain a finding is, the surest first. `sure`: the kernel says so. `likely`: it fits what was seen, and little
 * else does. `worth a look`: there may be a good reason for it.
 */
export const certainties = ['sure', 'likely', 'worth a look'] as const;

/** How certain a finding is. */
export type Certainty = (typeof certainties)[number];

/** A process that a finding concerns. */
export interface FindingProcess {
  readonly pid: number;
  readonly program: string | null;
  readonly commandLine: string | null;
  readonly executable: string | null;
  readonly uid: number | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string | null;
}

/** A problem that a check found, or may have found. */
export interface Finding extends InPlace {
  /** The check that found it. */
  readonly check: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  /** One line, no full stop. */
  readonly title: string;
  /** What was seen, in full sentences. */
  readonly observations: readonly string[];
  /** The measured numbers, under names chosen by the check; null: not known. */
  readonly seen: Readonly<Record<string, number | null>>;
  /** Some of the sockets concerned, the most important first. */
  readonly sockets: readonly Socket[];
  /** How many sockets are concerned. */
  readonly socketCount: number;
  /** The processes that hold these sockets, or that are otherwise concerned. */
  readonly processes: readonly FindingProcess[];
  readonly workloads: readonly Workload[];
  /** Why it matters, in full sentences. */
  readonly why: string;
  /** What to look at or do, in full sentences; what to type is in backticks. */
  readonly remedy: string;
  /** The words of a command line that lists the sockets, starting with the program's name; null: none can. */
  readonly command: readonly string[] | null;
}

/** A check that was asked for but did not run, or not everywhere. */
export interface NotRun extends InPlace {
  readonly check: string;
  /** One line, no full stop. */
  readonly reason: string;
}

/** A check that ran, with the thresholds that it used. */
export interface RunCheck {
  readonly check: string;
  readonly thresholds: Readonly<Record<string, number>>;
}

/** What `--diagnose --json` prints. */
export interface Diagnosis {
  readonly schemaVersion: typeof schemaVersion;
  readonly platform: PlatformName;
  /** When reading began: ISO 8601, UTC. */
  readonly takenAt: string;
  /** What is known of the one service that the filters ask about; left out if they do not ask about one. */
  readonly service?: Service;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly checks: readonly RunCheck[];
  readonly notRun: readonly NotRun[];
  readonly warnings: readonly Warning[];
}

/** What `--diagnose` was asked for. */
export interface DiagnoseRequest {
  /** Checks and their thresholds, as given (`close-wait:count=50`); empty: all. */
  readonly checks: readonly string[];
  /** Checks not to run. */
  readonly ignore: readonly string[];
  /** The lowest severity to report. */
  readonly severity: Severity;
  /** A file with an earlier answer that says who listened then, for the report on a service; null: none was given. */
  readonly earlier: string | null;
}
