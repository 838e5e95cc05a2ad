import { interfaceLetters } from '../../../attributes/flag-letters.ts';
import { groupedBy } from '../../../model/add-to.ts';
import type { NetInterface } from '../../../model/machine/interface.ts';
import { isKnownDown } from '../../../model/machine/interface.ts';
import { placeKey } from '../../../model/machine/place.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { slices } from '../slices.ts';
import type { ReportStream, ViewContext } from '../text-view.ts';
import { hostColumn, withHost } from './host-column.ts';
import { longForm } from './interfaces-long.ts';
import { sortedByName } from './interfaces-order.ts';
import { type ListedInterface, listings } from './listed-interface.ts';
import { lastNetnsHeader, netnsCell } from './netns-cell.ts';
import { countOrDash } from './number.ts';
import { left, right } from './pad.ts';

const columns =
  'Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg';

/** `-i`: one line for each interface, or with `-e` a block; interfaces that are down only with `-a`. */
export async function* interfacesTable(
  report: ReportStream<'interfaces'>,
  context: ViewContext,
): AsyncIterable<string> {
  const { query, view, paint, previous } = context;
  const listed: ListedInterface[] = [];
  for await (const batch of report.batches) {
    for (const face of batch) {
      if (query.which === 'all' || !isKnownDown(face)) listed.push(...listings(face));
    }
  }
  const long = view.extend > 0;
  const column = hostColumn(view);
  let text = '';
  if (view.header) {
    const plain = view.withNetns ? left(columns, columnsWidth) + lastNetnsHeader(view) : columns;
    const names = column?.names(plain) ?? plain;
    // As in netstat with -c: the title once, the column names each time.
    const lines = [
      ...(previous === null ? ['Kernel Interface table'] : []),
      ...(long ? [] : [names]),
    ];
    text += lines.map((line) => `${paint?.heading(line) ?? line}\n`).join('');
  }
  yield text;
  const short = (one: ListedInterface) =>
    view.withNetns
      ? `${left(shortForm(one), columnsWidth)} ${netnsCell(one.face)}`
      : shortForm(one);
  const row = (one: ListedInterface) => withHost(column, () => `${short(one)}\n`)(one.face);
  for await (const part of slices([inOrder(listed)])) {
    yield part.map((one) => (long ? longForm(one, context) : row(one))).join('');
  }
}

/** Wide enough for the usual flags. */
const columnsWidth = columns.length + 5;

/** By name, grouped by place in the order of first appearance. */
function inOrder(listed: readonly ListedInterface[]): readonly ListedInterface[] {
  // Two namespaces may have equal fields; their objects differ.
  const places = groupedBy(listed, ({ face }) =>
    face.host === undefined ? face.netns : placeKey(face),
  );
  return [...places.values()].flatMap((some) => sortedByName(some, ({ label }) => label));
}

function shortForm({ label, isAlias, face }: ListedInterface): string {
  const start = `${left(sanitize(label), 15)} ${right(face.mtu === null ? '-' : String(face.mtu), 5)}`;
  if (isAlias)
    return `${start}      - no statistics available -                        ${flg(face)}`;
  const { received, sent } = face;
  return [
    start,
    right(countOrDash(received.packets), 8),
    right(countOrDash(received.errors), 6),
    right(countOrDash(received.dropped), 6),
    left(countOrDash(received.overruns), 6),
    right(countOrDash(sent.packets), 8),
    right(countOrDash(sent.errors), 6),
    right(countOrDash(sent.dropped), 6),
    right(countOrDash(sent.overruns), 6),
    flg(face),
  ].join(' ');
}

function flg({ flags, flagBits }: NetInterface): string {
  if (flags === null || flagBits === null) return '-';
  if ((flagBits & 0xffff) === 0 && flags.length === 0) return '[NO FLAGS]';
  let text = '';
  for (const [flag, letter] of interfaceLetters) if (flags.includes(flag)) text += letter;
  return text;
}
