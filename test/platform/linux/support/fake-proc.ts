import type { Proc, TableFile } from '../../../../src/platform/linux/proc.js';

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
  readonly fd: Readonly<Record<string, string>> | Error;
  /** How many descriptors it has, where the machine can tell that without listing them. */
  readonly count?: number;
  readonly cmdline?: string | Error;
  readonly exe?: string | Error;
}

export interface FakeMachine {
  readonly littleEndian?: boolean;
  /** Files by path; an error where opening one gives it. What is not named is absent. */
  readonly files?: Readonly<Record<string, string | Uint8Array | Error | FailingFile>>;
  readonly processes?: Readonly<Record<number, FakeProcess>>;
  /** Linux itself fills its files. */
  readonly isKernels?: boolean;
  /** Where /proc/self/ns/pid leads. */
  readonly pidNamespace?: string;
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
  const given = (value: string | Error | undefined): string => {
    if (value === undefined) throw systemError('ENOENT');
    if (value instanceof Error) throw value;
    return value;
  };
  return {
    root: '/proc',
    littleEndian: machine.littleEndian ?? true,
    orderDoubt: null,
    isLive: false,
    isOwn: false,
    warnings: [],
    isKernels: () => machine.isKernels ?? false,
    hasNet: () => !(machine.files?.net instanceof Error),
    calls,
    openTable: (path) => {
      calls.push(`open ${path}`);
      const found = fileAt(path);
      return typeof found === 'object' && 'error' in found ? failingTable(found) : tableOf(found);
    },
    readFile: (path) => {
      calls.push(`read ${path}`);
      const [pid, name] = path.split('/');
      const found = machine.processes?.[Number(pid)];
      return Buffer.from(
        (found !== undefined && name === 'cmdline' ? given(found.cmdline) : fileAt(path)) as string,
      );
    },
    processIds: () => Object.keys(machine.processes ?? {}).map(Number),
    descriptorCount: (pid) => machine.processes?.[pid]?.count ?? null,
    descriptors: (pid) => {
      calls.push(`list ${pid}`);
      const fd = machine.processes?.[pid]?.fd;
      if (fd === undefined) throw systemError('ENOENT');
      if (fd instanceof Error) throw fd;
      return Object.keys(fd);
    },
    readLink: (pid, name) => {
      calls.push(`link ${pid}/${name}`);
      if (pid === 'self') return given(machine.pidNamespace);
      const found = machine.processes?.[pid];
      if (name === 'exe') return given(found?.exe);
      const { fd } = found ?? {};
      return given(fd instanceof Error ? fd : fd?.[name.slice('fd/'.length)]);
    },
  };
}
