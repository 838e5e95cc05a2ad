import { describe, expect, test } from 'vitest';
import { loadWindowsApi } from '../../../src/sources/win32/koffi-api.ts';

type LoadNative = NonNullable<Parameters<typeof loadWindowsApi>[0]>;

/** Functions of a library by name; every argument as koffi passes it. */
type Natives = Record<string, (...args: never[]) => unknown>;

const required: Natives = Object.fromEntries(
  [
    'GetExtendedTcpTable',
    'GetExtendedUdpTable',
    'GetIpForwardTable2',
    'GetIpInterfaceTable',
    'GetUnicastIpAddressTable',
    'GetIfTable2',
    'FreeMibTable',
    'CreateToolhelp32Snapshot',
    'Process32FirstW',
    'Process32NextW',
    'OpenProcess',
    'QueryFullProcessImageNameW',
    'CloseHandle',
    'GetLastError',
  ].map((name) => [name, () => 0]),
);

/**
 * A koffi whose libraries hold these functions, and whose memory is `memory` by address. `loaded` is told the
 * libraries that are asked for.
 */
function koffiWith(
  natives: Natives,
  memory = new Map<bigint, Buffer>(),
  loaded: string[] = [],
): LoadNative {
  const load = (library: string) => ({
    func: (declaration: string) => {
      if (!loaded.includes(library)) loaded.push(library);
      const name = /(\w+)\(/.exec(declaration)?.[1] ?? '';
      const native = natives[name];
      if (native === undefined) throw new Error(`Cannot find function '${name}' in shared library`);
      return native;
    },
  });
  const decode = (address: bigint, type: string, length?: number) => {
    const bytes = memory.get(address);
    if (bytes === undefined) throw new Error(`nothing at ${address}`);
    return type === 'uint32_t' ? bytes.readUInt32LE(0) : new Uint8Array(bytes.subarray(0, length));
  };
  const address = ({ length }: Buffer) => 0x1000n + BigInt(length);
  return () => ({ load, decode, address }) as unknown as ReturnType<LoadNative>;
}

describe('a koffi that is not there', () => {
  test('is one clear error that names what to install', async () => {
    const cause = Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
    const load = () => {
      throw cause;
    };
    expect(() => loadWindowsApi(load, 'x64')).toThrow(
      expect.objectContaining({
        name: 'NetstatError',
        code: 'unsupported',
        message: expect.stringMatching(/^[^\n]*npm install @koromix\/koffi-win32-x64$/),
        cause,
      }),
    );
  });

  test.each(['ia32', 'arm'])('on %s is not asked for: its structures are others', (arch) => {
    const load = () => {
      throw new Error('not to be loaded');
    };
    expect(() => loadWindowsApi(load, arch)).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message: `on Windows this needs a Node for x64 or arm64, and this one is for ${arch}: install a 64-bit Node; on a 32-bit Windows netstat -ano lists the sockets`,
      }),
    );
  });

  test('a Windows that lacks a function is named, with the function', async () => {
    const { GetIfTable2: _, ...older } = required;
    expect(() => loadWindowsApi(koffiWith(older))).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message: 'this Windows has no GetIfTable2 in iphlpapi.dll',
      }),
    );
  });
});

describe('tables in the caller’s buffer', () => {
  test('the class and the family go in, the status and the size come out', async () => {
    const seen: unknown[] = [];
    const call = (_buffer: Buffer, size: [number], ...rest: unknown[]) => {
      seen.push([size[0], ...rest]);
      size[0] = 796;
      return 122;
    };
    const api = loadWindowsApi(
      koffiWith({ ...required, GetExtendedTcpTable: call, GetExtendedUdpTable: call }),
    );
    expect(api.tcpTable(2, Buffer.alloc(64), 'pid')).toEqual({ status: 122, size: 796 });
    expect(api.udpTable(23, Buffer.alloc(32), 'pid')).toEqual({ status: 122, size: 796 });
    api.tcpTable(23, Buffer.alloc(64), 'module');
    api.udpTable(2, Buffer.alloc(32), 'module');
    expect(seen).toEqual([
      [64, 0, 2, 5, 0],
      [32, 0, 23, 1, 0],
      [64, 0, 23, 8, 0],
      [32, 0, 2, 2, 0],
    ]);
  });
});

describe('tables in Windows’ memory', () => {
  test.each([
    ['ipForwardTable', 'GetIpForwardTable2', 104],
    ['ipInterfaceTable', 'GetIpInterfaceTable', 168],
    ['unicastAddressTable', 'GetUnicastIpAddressTable', 80],
    ['ifTable', 'GetIfTable2', 1352],
  ] as const)('%s: copied whole, then given back', async (method, native, rowSize) => {
    const bytes = Buffer.alloc(8 + 3 * rowSize, 7);
    bytes.writeUInt32LE(3, 0);
    const memory = new Map([[64n, bytes]]);
    const freed: bigint[] = [];
    const call = (...args: unknown[]) => {
      (args.at(-1) as [bigint])[0] = 64n;
      return 0;
    };
    const FreeMibTable = (address: bigint) => {
      freed.push(address);
      memory.delete(address);
    };
    const api = loadWindowsApi(koffiWith({ ...required, [native]: call, FreeMibTable }, memory));
    const answer = method === 'ifTable' ? api.ifTable() : api[method](2);
    expect(answer).toEqual({ status: 0, table: bytes });
    expect(freed).toEqual([64n]);
  });

  test('are given back even when they cannot be read', async () => {
    const freed: bigint[] = [];
    const api = loadWindowsApi(
      koffiWith({
        ...required,
        GetIfTable2: (table: [bigint]) => {
          table[0] = 99n;
          return 0;
        },
        FreeMibTable: (address: bigint) => void freed.push(address),
      }),
    );
    expect(() => api.ifTable()).toThrow('nothing at 99');
    expect(freed).toEqual([99n]);
  });

  test('a failed call has an empty table and nothing to give back', async () => {
    const api = loadWindowsApi(
      koffiWith({
        ...required,
        GetIfTable2: () => 8,
        FreeMibTable: () => {
          throw new Error('freed');
        },
      }),
    );
    expect(api.ifTable()).toEqual({ status: 8, table: Buffer.alloc(8) });
  });
});

describe('handles', () => {
  test.each([
    ['INVALID_HANDLE_VALUE', 0xffff_ffff_ffff_ffffn, null],
    ['NULL', null, null],
    ['a zero', 0n, null],
    ['a handle', 352n, 352n],
  ])('%s', async (_name, value, expected) => {
    const api = loadWindowsApi(
      koffiWith({ ...required, CreateToolhelp32Snapshot: () => value, OpenProcess: () => value }),
    );
    expect([api.processSnapshot(), api.openProcess(8)]).toEqual([expected, expected]);
  });
});

describe('services', () => {
  const manager = 77n;
  /** What EnumServicesStatusExW is called with before the places for its answers, and with what those hold. */
  function serviceApi({ whole = 1, room = 968, loaded = [] as string[] } = {}) {
    const seen: unknown[] = [];
    const api = loadWindowsApi(
      koffiWith(
        {
          ...required,
          GetLastError: () => 5,
          OpenSCManagerW: (...args: unknown[]) => {
            seen.push(args);
            return manager;
          },
          EnumServicesStatusExW: (...args: unknown[]) => {
            const [needed, count, resume] = args.slice(6, 9) as [[number], [number], [number]];
            seen.push([...args.slice(0, 4), ...args.slice(5, 6), resume[0], args[9]]);
            needed[0] = room;
            count[0] = 3;
            resume[0] = 12;
            return whole;
          },
          CloseServiceHandle: (...args: unknown[]) => seen.push(args),
        },
        undefined,
        loaded,
      ),
    );
    return { api, seen };
  }

  test('their library is not touched before they are asked for', () => {
    const loaded: string[] = [];
    const { api } = serviceApi({ loaded });
    expect(loaded).toEqual(['iphlpapi.dll', 'kernel32.dll']);
    api.openServiceManager();
    expect(loaded).toContain('advapi32.dll');
  });

  test('the rights to look, the kind and the place to go on go in; the answer comes out', () => {
    const { api, seen } = serviceApi();
    expect(api.openServiceManager()).toBe(manager);
    expect(api.listServices(manager, Buffer.alloc(16), 9)).toEqual({
      ...{ status: 0, count: 3, needed: 968, resume: 12 },
      address: 0x1010n,
    });
    api.closeServiceHandle(manager);
    expect(seen).toEqual([[null, null, 5], [manager, 0, 0x30, 1, 16, 9, null], [manager]]);
  });

  test.each([
    ['that lacked room is known by the room that it wants', 968, 234],
    ['that fails otherwise says why by GetLastError', 0, 5],
  ])('a call %s', (_, room, status) => {
    const { api } = serviceApi({ whole: 0, room });
    const answer = api.listServices(manager, Buffer.alloc(16), 0);
    expect(answer).toMatchObject({ status, needed: room });
  });

  test('a Windows without a service manager is named only when services are asked for', () => {
    const api = loadWindowsApi(koffiWith(required));
    expect(() => api.openServiceManager()).toThrow(
      'this Windows has no OpenSCManagerW in advapi32.dll',
    );
  });
});
