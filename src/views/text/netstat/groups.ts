import { unmapped } from '../../../model/address-text.ts';
import type { Group } from '../../../model/group.ts';
import { sanitize } from '../../../text/sanitize.ts';
import type { ReportStream, ViewContext } from '../text-view.ts';
import { decimal } from './number.ts';
import { left } from './pad.ts';

const header = [
  'IPv6/IPv4 Group Memberships',
  'Interface       RefCnt Group',
  '--------------- ------ ---------------------',
];

/** `-g`: one line a membership. */
export async function* groupsTable(
  report: ReportStream<'groups'>,
  context: ViewContext,
): AsyncIterable<string> {
  const { paint, view } = context;
  if (view.header) yield `${header.map((line) => paint?.heading(line) ?? line).join('\n')}\n`;
  for await (const batch of report.batches) {
    let text = '';
    for (const group of batch) {
      text += `${left(sanitize(group.interface), 15)} ${left(group.refCount === null ? '-' : decimal(group.refCount), 6)} `;
      text += `${address(group, context)}\n`;
    }
    if (text !== '') yield text;
  }
}

function address({ group }: Group, { view, names }: ViewContext): string {
  const name = view.numeric.hosts ? undefined : names.host(group);
  return sanitize(name ?? unmapped(group));
}
