import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { isNetstatError } from '../../../src/errors.ts';
import { windowsSource } from '../../../src/sources/win32/index.ts';
import { servicesByPid } from '../../../src/sources/win32/services.ts';
import type { AddressFamily, MibAnswer } from '../../../src/sources/win32/windows-api.ts';
import { socketProblems, warningProblems } from '../../contract/problems.ts';
import {
  type FakeService,
  fakeWindows,
  fill,
  wide,
  writeServices,
} from '../../sources/win32/fake-windows.ts';
import { answer, socketQuery, warningSink } from '../../support/source-answers.ts';
import { interfaceProblems, routeProblems } from '../row-problems.ts';
import type { Target } from '../target.ts';

/** Tables of a real system, in hexadecimal. */
interface Captured {
  readonly table?: string;
}
type ByFamily = Readonly<Record<'inet' | 'inet6', Captured>>;
const capture = JSON.parse(
  readFileSync(new URL('../../../fixtures/win32/wine-10.0/tables.json', import.meta.url), 'utf8'),
) as {
  readonly tables: Readonly<
    Record<'tcp' | 'udp' | 'routes' | 'routeMetrics' | 'addresses', ByFamily>
  > & {
    readonly interfaces: Captured;
  };
};

const names = ['tcp', 'udp', 'routes', 'routeMetrics', 'addresses', 'interfaces'] as const;
type Tables = Readonly<Record<`${(typeof names)[number]}${'' | '6'}`, Buffer>>;

const whole = Object.fromEntries(
  names.flatMap((name) => {
    const table = capture.tables[name];
    const [inet, inet6] = 'inet' in table ? [table.inet, table.inet6] : [table, table];
    return [
      [name, Buffer.from(inet.table ?? '', 'hex')],
      [`${name}6`, Buffer.from(inet6.table ?? '', 'hex')],
    ];
  }),
) as Tables;

interface Damage {
  readonly table: keyof Tables;
  /** As a share of the table's length. */
  readonly at: number;
  readonly bytes: readonly number[];
  readonly length: number;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  table: fc.constantFrom(...(Object.keys(whole) as (keyof Tables)[])),
  at: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  bytes: fc.oneof(
    fc.array(fc.nat(255), { maxLength: 8 }),
    fc.constantFrom([255, 255, 255, 255], [0, 0, 0, 0], [0, 0, 0, 128], [2, 0], [23, 0]),
  ),
  length: fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
  ),
});

function damaged(wounds: readonly Damage[]): (table: keyof Tables) => Buffer {
  return (table) => {
    let bytes = Buffer.from(whole[table]);
    for (const { at, bytes: put, length } of wounds.filter((one) => one.table === table)) {
      bytes.set(
        put.slice(0, bytes.length),
        Math.floor(at * Math.max(0, bytes.length - put.length)),
      );
      bytes = bytes.subarray(0, Math.ceil(length * bytes.length));
    }
    return bytes;
  };
}

/** All reports of the source from these tables. */
async function answers(tableOf: (table: keyof Tables) => Buffer) {
  const of = (name: (typeof names)[number], family: AddressFamily) =>
    tableOf(family === 2 ? name : `${name}6`);
  const mib = (table: Buffer): MibAnswer => ({ status: 0, table });
  const { api, open } = fakeWindows({
    processes: [{ pid: 7, name: 'server.exe', path: 'C:\\server.exe' }],
    tcpTable: (family, buffer) => fill(buffer, of('tcp', family)),
    udpTable: (family, buffer) => fill(buffer, of('udp', family)),
    ipForwardTable: (family) => mib(of('routes', family)),
    ipInterfaceTable: (family) => mib(of('routeMetrics', family)),
    unicastAddressTable: (family) => mib(of('addresses', family)),
    ifTable: () => mib(tableOf('interfaces')),
  });
  const source = windowsSource(api);
  const families = ['inet', 'inet6'] as const;
  const sink = warningSink();
  const owners = { depth: 'all', details: true } as const;
  const query = socketQuery({ protocols: source.protocols, owners });
  return {
    sockets: await answer(source, query, sink),
    // The same bytes, read as rows with the time of creation.
    timed: await answer(source, { ...query, createdAt: true }, sink),
    routes: await answer(source, { report: 'routes', families }, sink),
    interfaces: await answer(source, { report: 'interfaces', families }, sink),
    warnings: sink.warnings,
    open,
  };
}

const tables: Target<readonly Damage[]> = {
  name: 'windows-tables',
  covers: [
    'decodeSocketTable',
    'decodeRoutes',
    'decodeInterfaceMetrics',
    'decodeInterfaces',
    'decodeAddresses',
    'readTable',
  ],
  input: fc.array(damage, { maxLength: 12 }),
  read: (wounds) => answers(damaged(wounds)),
  check: async (wounds) => {
    try {
      const found = await answers(damaged(wounds));
      expect([...found.sockets, ...found.timed].flatMap(socketProblems)).toEqual([]);
      expect(found.routes.flatMap(routeProblems)).toEqual([]);
      expect(found.interfaces.flatMap(interfaceProblems)).toEqual([]);
      expect(found.warnings.flatMap(warningProblems)).toEqual([]);
      expect(found.open.size).toBe(0);
    } catch (error) {
      if (!isNetstatError(error)) throw error;
    }
  },
  growing: {},
};

const programs: Target<string> = {
  name: 'windows-processes',
  covers: ['decodeProcessEntry'],
  input: fc.string({ unit: 'binary', maxLength: 259 }),
  read: (name) => named(name),
  check: async (name) => {
    const [socket] = await named(name);
    expect(socketProblems(socket as NonNullable<typeof socket>)).toEqual([]);
    // The name ends at its first NUL.
    expect(socket?.owners?.[0]?.program ?? '').toBe(name.split('\0', 1)[0]);
  },
  growing: {},
};

async function named(name: string) {
  const row = Buffer.alloc(28);
  row.writeUInt32LE(1, 0);
  row.writeUInt32LE(2, 4);
  row.writeUInt32LE(7, 24);
  const { api } = fakeWindows({ tcp: { 2: row }, processes: [{ pid: 7, name }] });
  expect(wide(name).length).toBe(name.length * 2);
  const source = windowsSource(api);
  const owners = { depth: 'all', details: false } as const;
  return answer(source, socketQuery({ protocols: ['tcp'], families: ['inet'], owners }));
}

interface DamagedServices {
  readonly services: readonly FakeService[];
  readonly room: number;
  /** `at`: a share of the buffer's length; `byte`: the new value. */
  readonly wounds: readonly (readonly [at: number, byte: number])[];
}

const services: Target<DamagedServices> = {
  name: 'windows-services',
  covers: ['decodeServices'],
  input: fc.record({
    services: fc.array(fc.record({ name: anyText(), displayName: anyText(), pid: fc.nat(9) }), {
      maxLength: 9,
    }),
    room: fc.nat(2000),
    wounds: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
      maxLength: 9,
    }),
  }),
  read: (input) => listed(input),
  check: (input) => {
    const { services, warnings, open } = listed(input);
    expect(warnings.flatMap(warningProblems)).toEqual([]);
    expect(services === null ? warnings.length : 1).toBeGreaterThan(0);
    expect(open.size).toBe(0);
    if (input.wounds.length > 0) return;
    const names = [...(services?.values() ?? [])].flat().map(({ name }) => name);
    const given = input.services.filter(({ name, pid }) => pid > 0 && textOf(name) !== '');
    expect(new Set(names)).toEqual(new Set(given.map(({ name }) => textOf(name))));
  },
  growing: {},
};

function anyText() {
  return fc.string({ unit: 'binary', maxLength: 60 });
}

/** A text ends at its first NUL. */
const textOf = (text: string) => text.split('\0', 1)[0] as string;

function listed({ services, room, wounds }: DamagedServices) {
  const { api, open } = fakeWindows({
    listServices: (_manager, buffer, resume) => {
      const answer = writeServices(buffer, services, resume);
      for (const [at, byte] of wounds) buffer[Math.floor(at * buffer.length)] = byte;
      return answer;
    },
  });
  const sink = warningSink();
  return { services: servicesByPid(api, sink, room), warnings: sink.warnings, open };
}

export const win32Targets = [tables, programs, services] as const;
