import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Backend, Batches } from '../../../src/sources/source.ts';
import { backendOf } from '../../../src/sources/win32/index.ts';
import type { AddressFamily, MibAnswer } from '../../../src/sources/win32/windows-api.ts';
import { promises } from '../../contract/promises.ts';
import { asNumbers } from '../../support/as-numbers.ts';
import { notebook } from '../../support/backend-answers.ts';
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
const load = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const bytesOf = ({ table = '' }: Captured) => Buffer.from(table, 'hex');

/** A backend over what a real system answered. */
function replay({ tables }: Capture): Backend {
  const of = (table: ByFamily, family: AddressFamily) => (family === 2 ? table.inet : table.inet6);
  const answer = (captured: Captured): MibAnswer => ({
    status: captured.status,
    table: bytesOf(captured),
  });
  return backendOf(
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

async function collect<T>(batches: Batches<T> | undefined): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of batches ?? []) rows.push(...batch);
  return rows;
}

const systems = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(systems)('%s', (name) => {
  const backend = replay(load(`${name}/tables.json`));
  const families = ['inet', 'inet6'] as const;

  test('parses to what it must', async () => {
    const notes = notebook();
    const query = { protocols: backend.protocols, families, distinct: false, required: false };
    expect({
      sockets: await collect(backend.sockets(query, notes)),
      routes: await collect(backend.routes?.({ families }, notes)),
      interfaces: asNumbers(await collect(backend.interfaces?.({ families }, notes))),
      warnings: notes.warnings,
    }).toEqual(load(`${name}/expected.json`));
  });

  test.each(promises)('keeps the contract: $name', ({ isKept }) => isKept(backend));
});
