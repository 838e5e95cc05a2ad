import { counterRate } from '../../../attributes/counter-rate.ts';
import { deferFailure } from '../../../flow/defer-failure.ts';
import { allZero, type Counter } from '../../../model/machine/counter.ts';
import { placeKey } from '../../../model/machine/place.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { fill, textWidth } from '../../../text/width.ts';
import { wrap } from '../../../text/wrap.ts';
import type { ReportStream, ViewContext } from '../text-view.ts';
import { netnsCell } from './netns-cell.ts';

/** Headings of the groups. A group that is not listed shows only its name. */
const titles = new Map(
  Object.entries({
    Ip: 'IPv4 packets',
    IpExt: 'IPv4 packets, further counters',
    Ip6: 'IPv6 packets',
    Icmp: 'ICMP, messages about IPv4',
    IcmpMsg: 'ICMP messages by type',
    Icmp6: 'ICMPv6, messages about IPv6',
    Tcp: 'TCP over IPv4 and IPv6',
    TcpExt: 'TCP, further counters',
    MPTcpExt: 'Multipath TCP',
    Udp: 'UDP over IPv4',
    Udp6: 'UDP over IPv6',
    UdpLite: 'UDP-Lite over IPv4',
    UdpLite6: 'UDP-Lite over IPv6',
    Sctp: 'SCTP over IPv4 and IPv6',
  }),
);

/** Related groups together, general ones first; unlisted groups follow in the kernel's order. */
const groupOrder = [...titles.keys()];

/** The counters of one group in one place (machine and namespace). */
interface Group {
  readonly name: string;
  /** The place as text. */
  readonly place: string;
  /** The index of the place. */
  readonly at: number;
  readonly lines: Line[];
}

/** One line, before it is aligned with the others. */
interface Line {
  readonly name: string;
  readonly value: string;
  readonly rate: string;
  readonly meaning: string;
}

/**
 * `-s`: the counters of each group under its heading: MIB name, value, the change per second (with `-c`, from the
 * second round on), and what it counts. Counters at zero are shown only with `-a`, and so are groups without others,
 * unless there are no others at all.
 */
export async function* statisticsTable(
  report: ReportStream<'statistics'>,
  context: ViewContext,
): AsyncIterable<string> {
  const { query, view, paint, previous } = context;
  const groups = new Map<string, Group>();
  const order = new Map<unknown, number>();
  const all = deferFailure(report.batches);
  for await (const batch of all.batches) {
    for (const counter of batch) {
      const isShown = counter.value !== 0n || query.which === 'all';
      const { group: name, netns, host } = counter;
      // Two namespaces may have equal fields; their objects differ.
      const key = host === undefined ? netns : placeKey(counter);
      if (!order.has(key)) order.set(key, order.size);
      const at = order.get(key) ?? 0;
      const group = groups.get(`${at} ${name}`) ?? {
        name,
        place: placeText(counter, view),
        at,
        lines: [],
      };
      groups.set(`${at} ${name}`, group);
      if (isShown) group.lines.push(lineOf(counter, counterRate(counter, previous)));
    }
  }

  const lines = [...groups.values()].flatMap((group) => group.lines);
  const shownGroups = [...groups.values()].filter(
    (group) => lines.length === 0 || group.lines.length > 0,
  );
  const widths = {
    name: widest(lines, ({ name }) => name),
    value: widest(lines, ({ value }) => value),
    rate: widest(lines, ({ rate }) => rate),
  };
  let first = previous === null;
  const sorted = shownGroups.sort((a, b) => a.at - b.at || rank(a.name) - rank(b.name));
  for (const { name: group, place, lines } of sorted) {
    let text = '';
    if (view.header) {
      const title = titles.get(group);
      const heading = `${sanitize(group)}${title === undefined ? '' : `: ${title}`}${place}`;
      text += `${first ? '' : '\n'}${paint?.heading(heading) ?? heading}\n`;
      if (lines.length === 0) text += `  ${allZero}\n`;
    }
    for (const line of lines) text += `${aligned(line, widths, context)}\n`;
    first = false;
    yield text;
  }
  all.rethrow();
}

/** The part of a heading that says whose counters these are. */
function placeText(counter: Counter, { withNetns, machineNames }: ViewContext['view']): string {
  const machine = machineNames === null ? '' : `, host ${sanitize(counter.host ?? '-')}`;
  return machine + (withNetns ? `, netns ${netnsCell(counter)}` : '');
}

function rank(group: string): number {
  const at = groupOrder.indexOf(group);
  return at < 0 ? groupOrder.length : at;
}

function lineOf(counter: Counter, rate: number | null): Line {
  return {
    name: sanitize(counter.name),
    value: String(counter.value),
    rate: rateText(rate),
    meaning: counter.meaning ?? '',
  };
}

function widest(lines: readonly Line[], pick: (line: Line) => string): number {
  return lines.reduce((width, line) => Math.max(width, textWidth(pick(line))), 0);
}

/** On a terminal a long meaning continues below its start; elsewhere a counter is one line. */
function aligned(
  { name, value, rate, meaning }: Line,
  widths: { readonly name: number; readonly value: number; readonly rate: number },
  { paint, width }: ViewContext,
): string {
  const rateColumn = widths.rate === 0 ? '' : `  ${fill(rate, widths.rate)}${rate}`;
  const numbers = `  ${name}${fill(name, widths.name)}  ${fill(value, widths.value)}${value}${rateColumn}  `;
  const indent = textWidth(numbers);
  const room = width === null ? 0 : width - indent;
  const parts = room < narrowest ? [meaning] : wrap(meaning, room, 'blanks');
  return parts
    .map((part, at) => {
      const start = at === 0 ? numbers : fill('', indent);
      return part === '' ? start.trimEnd() : start + (paint?.quiet(part) ?? part);
    })
    .join('\n');
}

/** With less room than this a meaning is not wrapped: it would be one word a line. */
const narrowest = 20;

/** `+12.5/s`; empty if nothing changed. */
function rateText(rate: number | null): string {
  if (rate === null || rate === 0) return '';
  if (rate < 1) return `+${rate.toPrecision(2)}/s`;
  return `+${rate >= 100 ? Math.round(rate) : rate.toFixed(rate >= 10 ? 1 : 2)}/s`;
}
