import { ipv4Text, ipv4Word, netmaskWord, unmapped } from '../../../model/address/text.ts';
import type { Route } from '../../../model/machine/route.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { slices } from '../slices.ts';
import type { ReportStream, ViewContext } from '../text-view.ts';
import { hostColumn, withHost } from './host-column.ts';
import { lastNetnsHeader, netnsCell } from './netns-cell.ts';
import { decimal } from './number.ts';
import { cut, left, right } from './pad.ts';

/**
 * `-r`: one table for each family, with its own heading and the columns that `-e` and `-ee` choose. Routes come by
 * family, in the order in which families were asked for. As with sockets, the first heading waits for the first
 * batch: if nothing can be read, stdout stays empty. Each of several machines has its own tables.
 */
export async function* routesTable(
  report: ReportStream<'routes'>,
  context: ViewContext,
): AsyncIterable<string> {
  const { families } = context.query;
  const { extend, header: headed } = context.view;
  const begin = (family: InetFamily) =>
    headed ? heading(titles[family] + headerOf(layouts[family](extend), context), context) : '';
  const row = withHost(hostColumn(context.view), (route: Route) =>
    rowOf(layouts[route.family](extend), route, context),
  );
  let at = -1;
  let host: string | undefined;
  for await (const batch of slices(report.batches)) {
    let text = '';
    for (const route of batch) {
      if (route.host !== host && host !== undefined && at >= 0 && families[at] !== route.family) {
        at = -1;
      }
      host = route.host;
      while (families[at] !== route.family && at < families.length - 1) {
        at++;
        text += begin(families[at] as InetFamily);
      }
      text += row(route);
    }
    if (text !== '') yield text;
  }
  let rest = '';
  for (const family of families.slice(at + 1)) rest += begin(family);
  if (rest !== '') yield rest;
}

/** The width of the interface column if the namespace column follows, which names must not shift. */
const lastWidth = 10;

function headerOf({ header, lastName }: Layout, { view }: ViewContext): string {
  const line = header.trimEnd();
  const names =
    !view.withNetns || header === ''
      ? header
      : `${left(line, line.length - lastName.length + lastWidth)}${lastNetnsHeader(view)}\n`;
  return hostColumn(view)?.names(names) ?? names;
}

function rowOf({ header, lastName, row }: Layout, route: Route, context: ViewContext): string {
  const text = row(route, context);
  if (!context.view.withNetns || text === '') return text;
  const width = header.trimEnd().length - lastName.length + lastWidth;
  return `${left(text.slice(0, -1), width)} ${netnsCell(route)}\n`;
}

const titles = {
  inet: 'Kernel IP routing table\n',
  inet6: 'Kernel IPv6 routing table\n',
} as const satisfies Record<InetFamily, string>;

function heading(lines: string, { paint }: ViewContext): string {
  return paint === null ? lines : lines.replace(/^.+$/gm, (line) => paint.heading(line));
}

interface Layout {
  readonly header: string;
  /** The last column's. */
  readonly lastName: string;
  readonly row: (route: Route, context: ViewContext) => string;
}

const layouts = {
  inet: (extend) => inetLayouts[extend] ?? { header: '', lastName: '', row: () => '' },
  inet6: () => inet6Layout,
} as const satisfies Record<InetFamily, (extend: number) => Layout>;

/** By the number of -e; from three on netstat prints nothing under its title. */
const inetLayouts: readonly Layout[] = [
  {
    header: 'Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n',
    lastName: 'Iface',
    row: (route, context) =>
      `${path(route, context)} ${right(own(route, route.mss), 5)} ${left(own(route, route.window), 5)} ` +
      `${right(own(route, route.irtt), 6)} ${device(route)}\n`,
  },
  {
    header: 'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n',
    lastName: 'Iface',
    row: (route, context) =>
      `${path(route, context)} ${left(count(route.metric), 6)} ${left(own(route, route.refCount), 2)} ` +
      `${right(count(route.useCount), 7)} ${device(route)}\n`,
  },
  {
    header:
      'Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt\n',
    lastName: 'irtt',
    row: (route, context) =>
      `${path(route, context)} ${left(count(route.metric), 6)} ${left(own(route, route.refCount), 3)} ` +
      `${right(count(route.useCount), 6)} ${left(cut(device(route), 6), 8)} ` +
      `${left(own(route, route.mss), 5)} ${left(own(route, route.window), 6)} ${own(route, route.irtt)}\n`,
  },
];

/** The first columns of every IPv4 layout: destination, gateway, netmask, flags. */
function path(route: Route, context: ViewContext): string {
  return (
    `${left(cut(destination(route, context), 15), 15)} ${left(cut(gateway(route, context), 15), 15)} ` +
    `${left(ipv4Text(netmaskWord(route.prefixLength)), 15)} ${left(route.flags, 5)}`
  );
}

const isReject = (route: Route) => route.flags.startsWith('!');

/** A number as C's `%d` prints it; `-` where the platform does not report it. */
function count(value: number | null): string {
  return value === null ? '-' : decimal(value);
}

/** A number that a reject route does not have. */
function own(route: Route, value: number | null): string {
  return isReject(route) ? '-' : count(value);
}

function device(route: Route): string {
  if (isReject(route)) return '-';
  return route.interface === null ? '*' : sanitize(route.interface);
}

function gateway(route: Route, context: ViewContext): string {
  if (isReject(route)) return '-';
  return route.gateway === null ? '0.0.0.0' : hostName(route.gateway, context);
}

/**
 * The default route is `default`; a host is shown by its own name, and so is an address with bits beyond its mask;
 * the rest are networks.
 */
function destination(route: Route, context: ViewContext): string {
  const { destination, prefixLength } = route;
  if (context.view.numeric.hosts) return destination;
  if (destination === '0.0.0.0') return prefixLength === 0 ? 'default' : destination;
  if (prefixLength === 32 || hasHostBits(destination, prefixLength)) {
    return hostName(destination, context);
  }
  return sanitize(context.names.network(destination) ?? destination);
}

function hasHostBits(address: string, prefixLength: number): boolean {
  return (ipv4Word(address) & ~netmaskWord(prefixLength)) !== 0;
}

function hostName(address: string, { view, names }: ViewContext): string {
  return sanitize((view.numeric.hosts ? undefined : names.host(address)) ?? address);
}

const inet6Layout: Layout = {
  header: 'Destination                    Next Hop                   Flag Met Ref  Use If\n',
  lastName: 'If',
  row: (route, context) =>
    `${left(`${inet6Text(route.destination, context)}/${route.prefixLength}`, 30)} ` +
    `${left(inet6Text(route.gateway ?? '::', context), 26)} ${left(route.flags, 4)} ` +
    `${left(count(route.metric), 3)} ${count(route.refCount)} ${right(count(route.useCount), 6)} ` +
    `${sanitize(route.interface ?? '*')}\n`,
};

/** The unspecified address is `[::]` where names are shown; an IPv4-mapped one is shown as IPv4. */
function inet6Text(address: string, context: ViewContext): string {
  if (address === '::') return context.view.numeric.hosts ? '::' : '[::]';
  const name = context.view.numeric.hosts ? undefined : context.names.host(address);
  return sanitize(name ?? unmapped(address));
}
