import type { Native, NativeFunction } from '../../native.ts';
import { mibFirstRow, mibRowSize } from '../mib-table.ts';
import type { AddressFamily, MibAnswer, NetworkTables, SizedAnswer } from '../windows-api.ts';
import { openLibrary } from './library.ts';

/** TCP_TABLE_CLASS and UDP_TABLE_CLASS (iprtrmib.h): OWNER_PID(_ALL) and OWNER_MODULE(_ALL). */
const tcpTableClass = { pid: 5, module: 8 } as const;
const udpTableClass = { pid: 1, module: 2 } as const;

/** The network's tables in `iphlpapi.dll`. */
export function networkTables(native: Native): NetworkTables {
  const declare = openLibrary(native, 'iphlpapi.dll');
  const getExtendedTcpTable = declare(
    'uint32_t __stdcall GetExtendedTcpTable(void *table, _Inout_ uint32_t *size, int order, uint32_t family, int tableClass, uint32_t reserved)',
  );
  const getExtendedUdpTable = declare(
    'uint32_t __stdcall GetExtendedUdpTable(void *table, _Inout_ uint32_t *size, int order, uint32_t family, int tableClass, uint32_t reserved)',
  );
  const getIpForwardTable2 = declare(
    'uint32_t __stdcall GetIpForwardTable2(uint16_t family, _Out_ void **table)',
  );
  const getIpInterfaceTable = declare(
    'uint32_t __stdcall GetIpInterfaceTable(uint16_t family, _Out_ void **table)',
  );
  const getUnicastIpAddressTable = declare(
    'uint32_t __stdcall GetUnicastIpAddressTable(uint16_t family, _Out_ void **table)',
  );
  const getIfTable2 = declare('uint32_t __stdcall GetIfTable2(_Out_ void **table)');
  const freeMibTable = declare('void __stdcall FreeMibTable(void *table)');

  /** Copies a table that Windows allocated, and frees Windows' memory. */
  function copied(rowSize: number, call: (table: [bigint | null]) => unknown): MibAnswer {
    const pointer: [bigint | null] = [null];
    const status = call(pointer) as number;
    const [table] = pointer;
    if (status !== 0 || table === null) return { status, table: Buffer.alloc(mibFirstRow) };
    try {
      const rows = native.decode(table, 'uint32_t') as number;
      const length = mibFirstRow + rows * rowSize;
      return { status, table: Buffer.from(native.decode(table, 'uint8_t', length) as Uint8Array) };
    } finally {
      freeMibTable(table);
    }
  }

  return {
    tcpTable: (family, buffer, form) =>
      sized(getExtendedTcpTable, tcpTableClass[form], family, buffer),
    udpTable: (family, buffer, form) =>
      sized(getExtendedUdpTable, udpTableClass[form], family, buffer),
    ipForwardTable: (family) =>
      copied(mibRowSize.ipForward, (table) => getIpForwardTable2(family, table)),
    ipInterfaceTable: (family) =>
      copied(mibRowSize.ipInterface, (table) => getIpInterfaceTable(family, table)),
    unicastAddressTable: (family) =>
      copied(mibRowSize.unicastAddress, (table) => getUnicastIpAddressTable(family, table)),
    ifTable: () => copied(mibRowSize.interface, (table) => getIfTable2(table)),
  };
}

/** Fills the caller's buffer. Returns the status and the size needed. */
function sized(
  call: NativeFunction,
  tableClass: number,
  family: AddressFamily,
  buffer: Buffer,
): SizedAnswer {
  const size: [number] = [buffer.length];
  const status = call(buffer, size, 0, family, tableClass, 0) as number;
  return { status, size: size[0] };
}
