import type { InPlace } from './place.ts';
import type { Service } from './service.ts';
import type { PlatformName, schemaVersion, Warning } from './snapshot.ts';
import type { Socket } from './socket.ts';
import type { Workload } from './workload.ts';

/**
 * How bad it is, the worst first. `critical`: connections fail or data is lost now. `warning`: they will, or
 * somebody waits. `note`: worth knowing.
 */
export const severities = ['critical', 'warning', 'note'] as const;

/** One of them. */
export type Severity = (typeof severities)[number];

/**
 * How sure it is. `sure`: the kernel says so. `likely`: it fits what was seen, and little else does. `worth a
 * look`: there may be a good reason for it.
 */
const certainties = ['sure', 'likely', 'worth a look'] as const;

/** One of them. */
export type Certainty = (typeof certainties)[number];

/** A process that a finding is about. */
export interface FindingProcess {
  readonly pid: number;
  readonly program: string | null;
  readonly commandLine: string | null;
  readonly executable: string | null;
  readonly uid: number | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string | null;
}

/** Something that is wrong, or may be. */
export interface Finding extends InPlace {
  /** The check that found it. */
  readonly check: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  /** One line, no full stop. */
  readonly title: string;
  /** What was seen, in whole sentences. */
  readonly observations: readonly string[];
  /** The numbers of it, by names of the check's own; null: not known. */
  readonly seen: Readonly<Record<string, number | null>>;
  /** Some of the sockets that it is about, the telling ones first. */
  readonly sockets: readonly Socket[];
  /** How many it is about. */
  readonly socketCount: number;
  /** The processes that hold these sockets, or that it is about otherwise. */
  readonly processes: readonly FindingProcess[];
  readonly workloads: readonly Workload[];
  /** Why it matters. Whole sentences. */
  readonly why: string;
  /** What to look at or do. Whole sentences; what is to be typed stands between backticks. */
  readonly remedy: string;
  /** The words of a command line that lists the sockets, the program's name first; null: none would. */
  readonly command: readonly string[] | null;
}

/** A check that was asked for and did not run, or not everywhere. */
export interface NotRun extends InPlace {
  readonly check: string;
  /** One line, no full stop. */
  readonly reason: string;
}

/** A check that ran, with the values that it went by. */
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
  /** What is known of the one service that filters ask about; left out where they ask about none. */
  readonly service?: Service;
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly checks: readonly RunCheck[];
  readonly notRun: readonly NotRun[];
  readonly warnings: readonly Warning[];
}

/** What `--diagnose` is asked. */
export interface DiagnoseRequest {
  /** Checks and their thresholds, as they were given (`close-wait:count=50`); empty: all. */
  readonly checks: readonly string[];
  /** Checks that are not to run. */
  readonly ignore: readonly string[];
  /** The least that is told. */
  readonly severity: Severity;
  /** A saved answer that says who listened before, for the story of a service; null: none is given. */
  readonly earlier: string | null;
}
