import { lazilyFor } from '../../../flow/lazily.ts';
import type { NetInterface } from '../../../model/machine/interface.ts';
import type { Group } from '../../../model/machine/multicast-group.ts';
import { netnsText } from '../../../model/machine/netns.ts';
import type { Route } from '../../../model/machine/route.ts';
import type { FieldChange } from '../../../model/report/difference.ts';
import type { ReportKind, Row } from '../../../model/report/snapshot.ts';
import { allNumeric } from '../../../model/request/view.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { shortened } from '../../../text/shortened.ts';
import { chunks } from '../chunks.ts';
import { hostColumn, withHost } from '../netstat/host-column.ts';
import { inetRow } from '../netstat/inet.ts';
import { unixRow } from '../netstat/unix.ts';
import type { ViewContext } from '../text-view.ts';
import type { DifferenceReport } from './difference-view.ts';
import { eachDifference, type OneDifference } from './each.ts';

/**
 * For people, like a unified diff: two lines that say what was compared (not with -H), then `-` before what is gone, `+` before
 * what is new, `~` before what has changed, with the old values, and with -v `=` before what was replaced. Rows are
 * netstat's, in numbers. Empty if nothing differs.
 */
export function* differenceNetstat(
  { difference, name, before, after }: DifferenceReport,
  context: ViewContext,
): Generator<string> {
  const { paint, view } = context;
  const own = rowTexts(difference.report, context);
  const foreign =
    before.platform === after.platform ? own : foreignTexts(difference.report, context);
  const shown = [...eachDifference(difference)].filter(
    ({ kind }) => kind !== 'replaced' || view.verbose,
  );
  if (shown.length === 0) return;
  const heads = [`--- ${sideText(name, before)}`, `+++ ${sideText('now', after)}`];
  for (const head of view.header ? heads : []) yield `${paint?.heading(head) ?? head}\n`;
  yield* chunks(shown, (one) => {
    const line = lineOf(one, one.after === null ? foreign : own);
    const { kind } = one;
    if (paint === null || kind === 'replaced') return `${line}\n`;
    return `${line.replace(/.+/g, (text) => paint.difference(kind, text))}\n`;
  });
}

function sideText(name: string, { takenAt, host }: DifferenceReport['before']): string {
  return sanitize(`${name}  ${takenAt}${host === null ? '' : ` ${shortened(host)}`}`);
}

const signs = { removed: '-', added: '+', changed: '~', replaced: '=' } as const;

function lineOf(
  { kind, fields, before, after }: OneDifference,
  rowText: (row: Row) => string,
): string {
  const sign = signs[kind];
  // A multi-homed SCTP end has a line for each of its addresses.
  const [first = '', ...further] = rowText((after ?? before) as Row)
    .trimEnd()
    .split('\n')
    .map((line) => sign + line.trimEnd());
  const was = kind === 'replaced' ? livesText(before as Row) : '';
  const more = fields.length > 0 ? fields.map(changeText).join('; ') : was && `was ${was}`;
  return [more === '' ? first : `${first}  (${more})`, ...further].join('\n');
}

/** `address 127.0.0.1 → 0.0.0.0` */
function changeText({ field, before, after }: FieldChange): string {
  const name = field.slice(field.indexOf('.') + 1);
  return `${name} ${sanitize(before ?? '-')} → ${sanitize(after ?? '-')}`;
}

/** The processes that had the socket. */
function livesText(row: Row): string {
  if (!('owners' in row)) return '';
  const pids = [...new Set((row.owners ?? []).map(({ pid }) => pid))];
  if (pids.length > 0) return `PID ${pids.join(', ')}`;
  return row.inode === null ? '' : `inode ${row.inode}`;
}

/** How a report's rows are written: numeric and uncut. */
function rowTexts(report: ReportKind, context: ViewContext): (row: Row) => string {
  // Whole lines are coloured here.
  const plain = {
    ...context,
    paint: null,
    view: { ...context.view, numeric: allNumeric, wide: true },
  };
  switch (report) {
    case 'sockets': {
      const column = hostColumn(context.view);
      const [inet, unix] = [withHost(column, inetRow(plain)), withHost(column, unixRow(plain))];
      return (row) => {
        const socket = row as Socket;
        return socket.protocol === 'unix' ? unix(socket) : inet(socket);
      };
    }
    case 'routes':
      return (row) => routeText(row as Route);
    case 'interfaces':
      return (row) => interfaceText(row as NetInterface);
    default:
      return (row) => groupText(row as Group);
  }
}

/**
 * How rows of another platform are written, which has other facts: of users and inodes a row says itself whether it has
 * them.
 */
function foreignTexts(report: ReportKind, context: ViewContext): (row: Row) => string {
  const rest = context.facts.filter((fact) => fact !== 'users' && fact !== 'inodes');
  const withFacts = lazilyFor((told: string) => {
    const facts = (['users', 'inodes'] as const).filter((fact) => told.includes(fact));
    return rowTexts(report, { ...context, facts: [...rest, ...facts] });
  });
  return (row) => {
    const hasUser = 'uid' in row && row.uid !== null;
    const hasInode = 'inode' in row && row.inode !== null;
    return withFacts(`${hasUser ? 'users' : ''} ${hasInode ? 'inodes' : ''}`)(row);
  };
}

/** Words with their values; null and empty values are left out. */
function words(pairs: readonly (readonly [word: string, value: string | number | null])[]): string {
  return pairs
    .filter(([, value]) => value !== null && value !== '')
    .map(([word, value]) =>
      word === '' ? sanitize(String(value)) : `${word} ${sanitize(String(value))}`,
    )
    .join(' ');
}

const netnsOf = ({ netns }: Route | NetInterface | Group) =>
  netns === undefined ? null : netnsText(netns);

function routeText(route: Route): string {
  const { destination, prefixLength, gateway, source, flags, metric } = route;
  return words([
    ['', `${destination}/${prefixLength}`],
    ['via', gateway],
    ['dev', route.interface],
    ['metric', metric],
    ['flags', flags],
    ['from', source === null ? null : `${source.address}/${source.prefixLength}`],
    ['netns', netnsOf(route)],
    ['host', route.host ?? null],
  ]);
}

function interfaceText(face: NetInterface): string {
  const { name, mtu, flags, hardwareAddress, addresses } = face;
  return words([
    ['', name],
    ['mtu', mtu],
    ['flags', flags?.join(',') ?? null],
    ['ether', hardwareAddress],
    ['', addresses.map(({ address, prefixLength }) => `${address}/${prefixLength}`).join(' ')],
    ['netns', netnsOf(face)],
    ['host', face.host ?? null],
  ]);
}

function groupText(group: Group): string {
  return words([
    ['', group.interface],
    ['', group.group],
    ['netns', netnsOf(group)],
    ['host', group.host ?? null],
  ]);
}
