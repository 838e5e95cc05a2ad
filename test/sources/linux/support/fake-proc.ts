import type { Socket } from '../../../../src/model/socket/socket.ts';
import type { Proc, TableFile, Task } from '../../../../src/sources/linux/proc/proc.ts';
import type { Table } from '../../../../src/sources/linux/sockets/table.ts';
import type { WarningSink } from '../../../../src/sources/source.ts';

/** An error as the system calls give it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: no`), { code });
}

/** A table in memory that hands out at most `chunk` bytes a read, as the kernel does. */
export function tableOf(text: string | Uint8Array, chunk = 4096): TableFile & { closed: number } {
  const bytes = Buffer.from(text as string);
  let at = 0;
  return {
    closed: 0,
    read(buffer, offset) {
      const size = Math.min(chunk, buffer.length - offset, bytes.length - at);
      buffer.set(bytes.subarray(at, at + size), offset);
      at += size;
      return size;
    },
    close() {
      this.closed++;
    },
  };
}

/** The content of a file of which reading fails behind some of it. */
export interface FailingFile {
  readonly text: string;
  readonly error: Error;
}

export function failingBehind(text: string, error: Error): FailingFile {
  return { text, error };
}

function failingTable({ text, error }: FailingFile): TableFile {
  const table = tableOf(text);
  return {
    read(buffer, offset) {
      const got = table.read(buffer, offset);
      if (got === 0) throw error;
      return got;
    },
    close: () => table.close(),
  };
}

/** A process: its descriptors' targets by number, or the error that looking at them gives. */
export interface FakeProcess {
  readonly fd: Readonly<Record<string, string | Error>> | Error;
  /** How many descriptors it has, where the machine can tell that without listing them. */
  readonly count?: number;
  readonly cmdline?: string | Error;
  readonly exe?: string | Error;
  /** Its other threads, by number; a process that has none has only its first. */
  readonly threads?: Readonly<Record<number, Omit<FakeProcess, 'threads'>>>;
}

export interface FakeMachine {
  readonly littleEndian?: boolean;
  /** Files by path; an error where opening one gives it. What is not named is absent. */
  readonly files?: Readonly<Record<string, string | Uint8Array | Error | FailingFile>>;
  readonly processes?: Readonly<Record<number, FakeProcess>>;
  /** Linux itself fills its files. */
  readonly isKernels?: boolean;
  /** The error that listing the processes gives. */
  readonly unlisted?: Error;
  /** Whether it shows some processes only. */
  readonly hides?: boolean;
  readonly isLive?: boolean;
}

/** A machine in memory. `calls` lists what it was asked for. */
export function fakeProc(machine: FakeMachine): Proc & { readonly calls: string[] } {
  const calls: string[] = [];
  const fileAt = (path: string): string | Uint8Array | FailingFile => {
    const found = machine.files?.[path];
    if (found === undefined) throw systemError('ENOENT');
    if (found instanceof Error) throw found;
    return found;
  };
  const at = (of: Task | string): FakeProcess | undefined => {
    const [pid, thread] = String(of).split('/task/').map(Number);
    const found = machine.processes?.[pid as number];
    return thread === undefined ? found : found?.threads?.[thread];
  };
  const given = (value: string | Error | undefined): string => {
    if (value === undefined) throw systemError('ENOENT');
    if (value instanceof Error) throw value;
    return value;
  };
  return {
    root: '/proc',
    littleEndian: machine.littleEndian ?? true,
    orderDoubt: null,
    isOwn: false,
    warnings: [],
    isKernels: () => machine.isKernels ?? false,
    hasNet: () => !(machine.files?.net instanceof Error),
    isLive: machine.isLive ?? false,
    calls,
    openTable: (path) => {
      calls.push(`open ${path}`);
      const found = fileAt(path);
      return typeof found === 'object' && 'error' in found ? failingTable(found) : tableOf(found);
    },
    readFile: (path, most) => {
      calls.push(most === undefined ? `read ${path}` : `read ${path} ${most}`);
      const [, task, name] = /^([\d/task]+)\/(\w+)$/.exec(path) ?? [];
      const found = task === undefined ? undefined : at(task);
      const content =
        found !== undefined && name === 'cmdline' ? given(found.cmdline) : fileAt(path);
      return Buffer.from(content as string).subarray(0, most);
    },
    processIds: () => {
      if (machine.unlisted !== undefined) throw machine.unlisted;
      return Object.keys(machine.processes ?? {}).map(Number);
    },
    descriptorCount: (of) => at(of)?.count ?? null,
    descriptors: (of) => {
      calls.push(`list ${of}`);
      const fd = at(of)?.fd;
      if (fd === undefined) throw systemError('ENOENT');
      if (fd instanceof Error) throw fd;
      return Object.keys(fd);
    },
    threadIds: (pid) => {
      const others = Object.keys(machine.processes?.[pid]?.threads ?? {}).map(Number);
      return others.length === 0 ? [] : [pid, ...others];
    },
    hidesProcesses: () => machine.hides ?? false,
    readLink: (of, name) => {
      calls.push(`link ${of}/${name}`);
      const found = at(of);
      if (name === 'exe') return given(found?.exe);
      const { fd } = found ?? {};
      return given(fd instanceof Error ? fd : fd?.[name.slice('fd/'.length)]);
    },
  };
}

/** The rows that a table's reader of /proc reads from this file. */
export function rowsOf(table: Table, file: TableFile, warnings: WarningSink): Iterable<Socket[]> {
  const proc = { ...fakeProc({}), openTable: () => file };
  const query = {
    ...{ listeningOnly: false, timers: true, tcpInfo: false, socketInfo: false, receivers: false },
    ...{ devices: false, deviceName: String },
    ...{ boundSockets: false, cgroups: false, records: false, toFollow: false },
    ...{ packed: null, glance: null, families: [], kept: new Map() },
    ...{ ...{ pattern: true, isHeld: null }, isTaken: () => false, warnings },
  };
  return (table.readers.at(-1)?.open(proc, query) ?? []) as Iterable<Socket[]>;
}
