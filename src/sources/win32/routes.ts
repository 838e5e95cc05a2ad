import { isAnyAddress } from '../../model/address/text.ts';
import type { Route } from '../../model/machine/route.ts';
import type { Batches, FamilyQuery, WarningSink } from '../source.ts';
import { errorCode, failure } from './error-code.ts';
import { interfaceNames } from './interfaces.ts';
import { mibFirstRow, mibRowSize, mibTable, socketAddress } from './mib-table.ts';
import { rowOffsets, type TableLayout } from './table-rows.ts';
import { addressFamily, type WindowsApi } from './windows-api.ts';

const routeRows = {
  source: 'GetIpForwardTable2',
  firstRow: mibFirstRow,
  rowSize: mibRowSize.ipForward,
} as const satisfies TableLayout;
const interfaceRows = {
  source: 'GetIpInterfaceTable',
  firstRow: mibFirstRow,
  rowSize: mibRowSize.ipInterface,
} as const satisfies TableLayout;

/** Offsets in MIB_IPFORWARD_ROW2. */
const routeRow = { index: 8, destination: 12, prefixLength: 40, nextHop: 44, metric: 84 } as const;
/** Offsets in MIB_IPINTERFACE_ROW. */
const interfaceRow = { index: 16, metric: 148 } as const;
/** A route's letters and their bits, which Windows has no own ones for: RTF_* of <linux/route.h>. */
const routeFlags = { U: 0x1, G: 0x2, H: 0x4 } as const;
/** A metric of -1 is not used. */
const noMetric = 0xffff_ffff;

/** The names and metrics of interfaces, by index. */
export interface InterfaceFacts {
  readonly names: ReadonlyMap<number, string>;
  readonly metrics: ReadonlyMap<number, number>;
}

/** Returns the metric of each interface for one address family, by the interface's index. */
export function decodeInterfaceMetrics(table: Buffer, warnings: WarningSink): Map<number, number> {
  const metrics = new Map<number, number>();
  for (const at of rowOffsets(table, interfaceRows, warnings)) {
    metrics.set(
      table.readUInt32LE(at + interfaceRow.index),
      table.readUInt32LE(at + interfaceRow.metric),
    );
  }
  return metrics;
}

/** Parses the rows of GetIpForwardTable2, in order. */
export function* decodeRoutes(
  table: Buffer,
  facts: InterfaceFacts,
  warnings: WarningSink,
): Generator<Route> {
  for (const at of rowOffsets(table, routeRows, warnings)) {
    const destination = socketAddress(table, at + routeRow.destination);
    if (destination === null) continue;
    const nextHop = socketAddress(table, at + routeRow.nextHop);
    const gateway = nextHop === null || isAnyAddress(nextHop.address) ? null : nextHop.address;
    const prefixLength = table.readUInt8(at + routeRow.prefixLength);
    const index = table.readUInt32LE(at + routeRow.index);
    const isHost = prefixLength === (destination.family === 'inet' ? 32 : 128);
    const letters: (keyof typeof routeFlags)[] = ['U'];
    if (gateway !== null) letters.push('G');
    if (isHost) letters.push('H');
    yield {
      family: destination.family,
      destination: destination.address,
      prefixLength,
      gateway,
      source: null,
      interface: facts.names.get(index) ?? String(index),
      flags: letters.join(''),
      flagBits: letters.reduce((bits, letter) => bits | routeFlags[letter], 0),
      metric: metricOf(table.readUInt32LE(at + routeRow.metric), facts.metrics.get(index)),
      refCount: null,
      useCount: null,
      mss: null,
      window: null,
      irtt: null,
      mtu: null,
    };
  }
}

/** Windows uses the sum of the route's metric and its interface's: a part alone would pass for the whole. */
function metricOf(route: number, ofInterface: number | undefined): number | null {
  return route === noMetric || ofInterface === undefined ? null : route + ofInterface;
}

/** Routes from GetIpForwardTable2; the metric includes the interface's. */
export async function* routes(
  api: WindowsApi,
  query: FamilyQuery,
  warnings: WarningSink,
  begin: () => void,
): Batches<Route> {
  const names = interfaceNames(api, warnings);
  let metricsRefused: number = errorCode.success;
  for (const family of query.families) {
    const number = addressFamily[family];
    const table = mibTable(routeRows.source, api.ipForwardTable(number));
    const answer = api.ipInterfaceTable(number);
    const isRead = answer.status === errorCode.success;
    if (!isRead) metricsRefused = answer.status;
    const metrics = isRead ? decodeInterfaceMetrics(answer.table, warnings) : new Map();
    begin();
    yield [...decodeRoutes(table, { names, metrics }, warnings)];
  }
  if (metricsRefused !== errorCode.success) {
    warnings.warn({
      code: 'absent',
      message: `${failure(interfaceRows.source, metricsRefused)}; metrics are not known`,
      source: interfaceRows.source,
    });
  }
}
