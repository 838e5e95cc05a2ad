import { netnsText } from '../model/machine/netns.ts';
import type { Finding } from '../model/report/diagnosis.ts';
import { shellWord } from '../model/shell-word.ts';
import { workloadLabel } from '../model/socket/workload.ts';
import { type Attribute, numeric, type Rest, textual } from './attribute.ts';

/** The attributes of a finding of `--diagnose`, one column each; CSV has all, a table for people only some. */
const findingAttributes: readonly Attribute<Finding>[] = [
  textual(
    { key: 'severity', header: 'Severity', meaning: 'How bad it is.', tone: 'state' },
    (one) => one.severity,
  ),
  textual(
    { key: 'check', header: 'Check', meaning: 'The check that found it.' },
    (one) => one.check,
  ),
  textual(
    { key: 'title', header: 'Finding', meaning: 'What is wrong.', long: true, tone: 'strong' },
    (one) => one.title,
  ),
  textual(
    { key: 'certainty', header: 'Certainty', meaning: 'How certain the finding is.' },
    (one) => one.certainty,
  ),
  textual(
    { key: 'netns', header: 'Netns', meaning: 'The network namespace concerned.' },
    ({ netns }) => (netns === undefined ? null : netnsText(netns)),
  ),
  textual(
    {
      key: 'host',
      header: 'Host',
      meaning: 'The machine concerned, as `--on` names it.',
      onRequest: ['machines'],
    },
    (one) => one.host,
  ),
  numeric(
    { key: 'sockets', header: 'Sockets', meaning: 'Number of sockets concerned.' },
    (one) => one.socketCount,
  ),
  several(
    { key: 'pid', header: 'PID', meaning: 'The processes concerned.', align: 'right' },
    ({ processes }) => processes.map(({ pid }) => String(pid)),
  ),
  several(
    { key: 'program', header: 'Program', meaning: 'Names of the processes.' },
    ({ processes }) => processes.map(({ program }) => program ?? ''),
  ),
  several(
    { key: 'workload', header: 'Workload', meaning: 'Workloads of the processes.' },
    ({ workloads }) => workloads.map(workloadLabel),
  ),
  several(
    { key: 'seen', header: 'Seen', meaning: 'Measured values, each `name=number`.', long: true },
    ({ seen }) =>
      Object.entries(seen).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])),
  ),
  several(
    { key: 'observations', header: 'Observations', meaning: 'What was seen.', long: true },
    (one) => one.observations,
  ),
  textual({ key: 'why', header: 'Why', meaning: 'Why it matters.', long: true }, (one) => one.why),
  textual(
    { key: 'remedy', header: 'Remedy', meaning: 'What to look at or do.', long: true },
    (one) => one.remedy,
  ),
  textual(
    { key: 'command', header: 'Command', meaning: 'Command that lists the sockets.', long: true },
    ({ command }) => command?.map(shellWord).join(' '),
  ),
];

/** The columns to show; the machine only if other machines are asked. */
export function shownFindingAttributes(hasHosts: boolean): readonly Attribute<Finding>[] {
  return hasHosts ? findingAttributes : findingAttributes.filter(({ onRequest }) => !onRequest);
}

/** The columns of a table for people. */
export const findingColumns: readonly string[] = [
  'host',
  'severity',
  'check',
  'title',
  'sockets',
  'pid',
  'program',
];

function several(
  rest: Rest<Finding>,
  of: (finding: Finding) => readonly string[],
): Attribute<Finding> {
  return { align: 'left', value: of, ...rest };
}
