import { inNetnsText } from '../../../model/machine/netns.ts';
import type { Diagnosis, Finding, Severity } from '../../../model/report/diagnosis.ts';
import { shellWord } from '../../../model/shell-word.ts';
import { workloadLabel } from '../../../model/socket/workload.ts';
import { counted } from '../../../text/counted.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { wrap } from '../../../text/wrap.ts';
import { inetRow } from '../netstat/inet.ts';
import { unixRow } from '../netstat/unix.ts';
import type { Paint, Tone } from '../paint.ts';
import type { ViewContext } from '../text-view.ts';
import { indent, labelled, labelWidth, roomOf } from './labelled.ts';
import { onlyReachedFrom, serviceText } from './service.ts';

/** The most sockets of a finding that are shown. */
const mostShown = 5;

/**
 * Findings for people: a title each, followed by what was seen, who is concerned, why it matters, and what to do.
 */
export function diagnosisNetstat(diagnosis: Diagnosis, context: ViewContext): string {
  const room = roomOf(context);
  const { service } = diagnosis;
  const findings = diagnosis.findings.map((finding) => findingText(finding, context, room));
  const summary = service === undefined ? [] : [serviceText(service, context)];
  return [...summary, ...findings, closingText(diagnosis, room, context.view)].join('\n');
}

/** How many findings there are, and how many checks ran: the last line. */
export function closingText(
  { findings, checks, notRun, service }: Diagnosis,
  room: number,
  { verbose }: Pick<ViewContext['view'], 'verbose'>,
): string {
  const lacking = new Set(notRun.map(({ check }) => check));
  const inPart = checks.filter(({ check }) => lacking.has(check)).length;
  const left = lacking.size - inPart;
  const some = inPart < checks.length ? `${inPart} of them` : inPart > 1 ? 'all of them' : 'but';
  const partly = inPart === 0 ? '' : `, ${some} only in part`;
  const ran = `${counted(checks.length, 'check')} ran${partly}`;
  const none = left === 0 ? '' : `; ${left} could not run`;
  const rest = none + (notRun.length === 0 || verbose ? '' : ': -v shows why');
  const found = findings.length === 0 ? 'Nothing found' : counted(findings.length, 'finding');
  const few = findings.length === 0 && service !== undefined ? onlyReachedFrom(service) : null;
  const but = few === null ? '' : ` But only ${few} can reach the service.`;
  return `${wrap(`${found}: ${ran}${rest}.${but}`, room, 'blanks').join('\n')}\n`;
}

function findingText(finding: Finding, context: ViewContext, room: number): string {
  const { severity, title, check, certainty, netns, observations, why, remedy } = finding;
  const { paint } = context;
  const machine = finding.host === undefined ? '' : ` on ${finding.host}`;
  const where = machine + inNetnsText(netns);
  const [first = '', ...more] = wrap(
    sanitize(`${severity.toUpperCase()}  ${title}${where}  (${check}, ${certainty})`),
    room,
    'blanks',
  );
  const head = [
    painted(paint, severity, first.slice(0, severity.length)) +
      (paint?.strong(first.slice(severity.length)) ?? first.slice(severity.length)),
    ...more.map((line) => `${indent}${paint?.strong(line) ?? line}`),
  ];
  const lines = [
    ...head,
    ...labelled('seen', observations.join(' '), paint, room),
    ...socketLines(finding, context),
    ...labelled('by', ownersText(finding), paint, room),
    ...labelled('why', why, paint, room),
    ...labelled('remedy', remedy, paint, room),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const tones: Readonly<Record<Severity, Tone>> = {
  critical: 'alarm',
  warning: 'caution',
  note: 'neutral',
};

function painted(paint: Paint | null, severity: Severity, text: string): string {
  return paint?.tone(tones[severity], text) ?? text;
}

/** The first few of its sockets, as netstat shows them, and how to see the others. */
function socketLines({ sockets, socketCount, command }: Finding, context: ViewContext): string[] {
  const blank = ' '.repeat(indent.length + labelWidth);
  const shown = { ...context, view: { ...context.view, programs: true, extend: 0, timers: true } };
  const [inet, unix] = [inetRow(shown), unixRow(shown)];
  const lines = sockets
    .slice(0, mostShown)
    .map((socket) => blank + (socket.protocol === 'unix' ? unix(socket) : inet(socket)).trimEnd());
  const rest = socketCount - lines.length;
  const ask = command === null ? '' : sanitize(command.map(shellWord).join(' '));
  if (rest > 0) {
    const all = ask === '' ? '' : `: ${ask}`;
    lines.push(`${blank}and ${rest} more${all}`);
  } else if (ask !== '') lines.push(`${blank}(${ask})`);
  return lines;
}

/** The most processes that are named. */
const mostNamed = 3;

function ownersText({ processes, workloads }: Finding): string {
  const named = processes.slice(0, mostNamed).map(({ pid, program, startedAt }) => {
    const since = startedAt === null ? '' : `, since ${startedAt}`;
    return `${program ?? 'PID'} ${pid}${since}`;
  });
  const rest = processes.length - named.length;
  const labels = workloads.map(workloadLabel);
  const list = [...named, ...(rest > 0 ? [`${rest} more`] : [])].join('; ');
  return list === '' || labels.length === 0
    ? list + labels.join(', ')
    : `${list} (${labels.join(', ')})`;
}
