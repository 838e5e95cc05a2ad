import { readdirSync, readFileSync } from 'node:fs';
import type { Source } from '../../../src/sources/source.ts';
import { windowsSource } from '../../../src/sources/win32/index.ts';
import type { AddressFamily, MibAnswer } from '../../../src/sources/win32/windows-api.ts';
import { fakeWindows, fill } from './fake-windows.ts';

/** A table as `scripts/wine/capture-tables.js` writes it. */
interface Captured {
  readonly status: number;
  readonly table?: string;
}
type ByFamily = Readonly<Record<'inet' | 'inet6', Captured>>;

interface Capture {
  readonly tables: Readonly<
    Record<'tcp' | 'udp' | 'routes' | 'routeMetrics' | 'addresses', ByFamily>
  > & { readonly interfaces: Captured };
}

const folder = new URL('../../../fixtures/win32/', import.meta.url);
const bytesOf = ({ table = '' }: Captured) => Buffer.from(table, 'hex');

/** The systems whose answers were captured, one folder each. */
export const captures = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** A file of a capture's folder. */
export function load(name: string) {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
}

/** A source over what a real system answered. */
export function captured(name: string): Source {
  const { tables } = load(`${name}/tables.json`) as Capture;
  const of = (table: ByFamily, family: AddressFamily) => (family === 2 ? table.inet : table.inet6);
  const answer = (one: Captured): MibAnswer => ({ status: one.status, table: bytesOf(one) });
  return windowsSource(
    fakeWindows({
      tcpTable: (family, buffer) => fill(buffer, bytesOf(of(tables.tcp, family))),
      udpTable: (family, buffer) => fill(buffer, bytesOf(of(tables.udp, family))),
      ipForwardTable: (family) => answer(of(tables.routes, family)),
      ipInterfaceTable: (family) => answer(of(tables.routeMetrics, family)),
      unicastAddressTable: (family) => answer(of(tables.addresses, family)),
      ifTable: () => answer(tables.interfaces),
    }).api,
  );
}
