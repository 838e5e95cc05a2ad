import { unmapped } from '../../../model/address/text.ts';
import type { Group } from '../../../model/machine/multicast-group.ts';
import { sanitize } from '../../../text/sanitize.ts';
import type { ReportStream, ViewContext } from '../text-view.ts';
import { hostColumn, withHost } from './host-column.ts';
import { netnsCell } from './netns-cell.ts';
import { decimal } from './number.ts';
import { left } from './pad.ts';

const header = [
  'IPv6/IPv4 Group Memberships',
  'Interface       RefCnt Group',
  '--------------- ------ ---------------------',
];

/** The width of the last dashes above. */
const addressWidth = 21;

/** Adds the namespace column to a header line: line 0 is the title, 1 the names, 2 the dashes. */
function withColumn(line: string, at: number): string {
  const all = header[2]?.length ?? 0;
  return at === 0 ? line : `${left(line, all)} ${at === 1 ? 'Netns' : '------------'}`;
}

/** `-g`: one line for each membership. */
export async function* groupsTable(
  report: ReportStream<'groups'>,
  context: ViewContext,
): AsyncIterable<string> {
  const { paint, view } = context;
  const column = hostColumn(view);
  const [title = '', ...names] = view.withNetns ? header.map(withColumn) : header;
  const lines = [title, ...names.map((line) => column?.names(line) ?? line)];
  const row = withHost(column, (group: Group) => rowText(group, context));
  if (view.header) yield `${lines.map((line) => paint?.heading(line) ?? line).join('\n')}\n`;
  for await (const batch of report.batches) {
    let text = '';
    for (const group of batch) text += row(group);
    if (text !== '') yield text;
  }
}

function rowText(group: Group, context: ViewContext): string {
  const { interface: name, refCount } = group;
  const start = `${left(sanitize(name), 15)} ${left(refCount === null ? '-' : decimal(refCount), 6)} `;
  const text = address(group, context);
  return context.view.withNetns
    ? `${start}${left(text, addressWidth)} ${netnsCell(group)}\n`
    : `${start}${text}\n`;
}

function address({ group }: Group, { view, names }: ViewContext): string {
  const name = view.numeric.hosts ? undefined : names.host(group);
  return sanitize(name ?? unmapped(group));
}
