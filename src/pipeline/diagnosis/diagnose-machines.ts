import { bySeverity, type Diagnosis, type NotRun } from '../../model/report/diagnosis.ts';
import type { Machine, Machines } from '../../sources/source.ts';
import { askEach, failureWarnings, type Outcome } from '../ask-each.ts';
import type { DiagnosisParts } from './parts.ts';
import { remedyWith } from './remedy.ts';

type Diagnose = (parts: DiagnosisParts, takenAt: string) => Promise<Diagnosis>;

/**
 * Diagnoses machines independently, so that their evidence is not mixed; several at once. Findings, checks that did
 * not run and warnings name their machine. The report on a service is given only if a single machine is asked.
 * @throws NetstatError if none answers; with `strict`, if any does not
 */
export async function diagnoseMachines(
  machines: Machines,
  parts: DiagnosisParts,
  takenAt: string,
  diagnose: Diagnose,
): Promise<Diagnosis> {
  const outcomes = await askEach(machines, parts.signal, (machine, signal) =>
    diagnosisOf(machine, { ...parts, signal }, takenAt, diagnose),
  );
  if (outcomes.length > 1 && parts.service) {
    parts.note?.('the summary of a service requires that --on names one machine');
  }
  return merged(outcomes, takenAt);
}

function diagnosisOf(
  { name, open }: Machine,
  parts: DiagnosisParts & { readonly signal: AbortSignal },
  takenAt: string,
  diagnose: Diagnose,
): Promise<Diagnosis> {
  const source = open(parts.signal);
  const { service } = parts;
  if (!service?.earlier) return diagnose({ ...parts, source }, takenAt);
  // Saved rows of other machines do not concern this one.
  const sockets = service.earlier.sockets.filter(({ host }) => host === name);
  const earlier = { ...service.earlier, sockets };
  return diagnose({ ...parts, source, service: { ...service, earlier } }, takenAt);
}

function merged(outcomes: readonly Outcome<Diagnosis>[], takenAt: string): Diagnosis {
  const answered = outcomes.flatMap((one) =>
    'answer' in one ? [{ host: one.host, ...one.answer }] : [],
  );
  const failures = failureWarnings(outcomes);
  const [first] = answered;
  if (first === undefined) throw new Error('nobody answered');
  const { schemaVersion, platform, service } = first;
  const findings = answered.flatMap(({ host, findings }) =>
    findings.map(({ check, remedy, command, ...rest }) => ({
      check,
      host,
      ...rest,
      // Its other commands are for a shell on that machine.
      remedy: `On ${host}: ${remedyWith(['--on', host], remedy)}`,
      command: command && ['tsnetstat', '--on', host, ...command.slice(1)],
    })),
  );
  const checks = new Map(
    answered.flatMap((one) => one.checks.map((check) => [check.check, check])),
  );
  return {
    schemaVersion,
    platform,
    takenAt,
    ...(outcomes.length === 1 && service !== undefined && { service }),
    findings: findings.sort((a, b) => bySeverity(a.severity, b.severity)),
    checks: [...checks.values()],
    notRun: notRunOf(answered),
    warnings: [...failures, ...answered.flatMap(({ warnings }) => warnings)],
  };
}

/** A reason that applies to every machine is given once, without a machine. */
function notRunOf(
  answered: readonly { readonly host: string; readonly notRun: readonly NotRun[] }[],
): readonly NotRun[] {
  const machinesOf = new Map<string, Set<string>>();
  const keyOf = ({ check, reason }: NotRun) => `${check}\0${reason}`;
  for (const { host, notRun } of answered) {
    for (const one of notRun) {
      const some = machinesOf.get(keyOf(one)) ?? new Set();
      machinesOf.set(keyOf(one), some.add(host));
    }
  }
  const isEverywhere = (one: NotRun) => machinesOf.get(keyOf(one))?.size === answered.length;
  const said = new Set<string>();
  return answered.flatMap(({ host, notRun }) =>
    notRun.flatMap((one): readonly NotRun[] => {
      if (!isEverywhere(one)) return [{ ...one, host }];
      if (said.has(keyOf(one))) return [];
      said.add(keyOf(one));
      return [one];
    }),
  );
}
