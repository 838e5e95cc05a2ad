// capture-tables.js: prints this Windows' tables as JSON, as its API returns them, for fixtures/win32. Needs koffi.
// It prints real addresses and names: check them before use.
import { createRequire } from 'node:module';
import { release, version } from 'node:os';

const koffi = createRequire(import.meta.url)('@koromix/koffi-win32-x64/win32_x64/koffi.node');
const iphlpapi = koffi.load('iphlpapi.dll');
const sized = 'void *table, _Inout_ uint32_t *size, int order, uint32_t family, int kind, uint32_t';
const tcp = iphlpapi.func(`uint32_t __stdcall GetExtendedTcpTable(${sized})`);
const udp = iphlpapi.func(`uint32_t __stdcall GetExtendedUdpTable(${sized})`);
const free = iphlpapi.func('void __stdcall FreeMibTable(void *table)');

/** A table that is copied into our buffer: its rows only. */
function buffered(call, kind, family, rowSize) {
  const buffer = Buffer.alloc(1 << 24);
  const status = call(buffer, [buffer.length], 0, family, kind, 0);
  if (status !== 0) return { status };
  return {
    status,
    table: buffer.subarray(0, 4 + buffer.readUInt32LE(0) * rowSize).toString('hex'),
  };
}

/** A table that Windows allocates. */
function allocated(name, rowSize, ...families) {
  const parameters = [...families.map(() => 'uint16_t family'), '_Out_ void **table'].join(', ');
  const call = iphlpapi.func(`uint32_t __stdcall ${name}(${parameters})`);
  const pointer = [null];
  const status = call(...families, pointer);
  if (status !== 0) return { status };
  const rows = koffi.decode(pointer[0], 'uint32_t');
  const bytes = Buffer.from(koffi.decode(pointer[0], 'uint8_t', 8 + rows * rowSize));
  free(pointer[0]);
  return { status, table: bytes.toString('hex') };
}

const tables = {
  tcp: { inet: buffered(tcp, 5, 2, 24), inet6: buffered(tcp, 5, 23, 56) },
  udp: { inet: buffered(udp, 1, 2, 12), inet6: buffered(udp, 1, 23, 28) },
  routes: {
    inet: allocated('GetIpForwardTable2', 104, 2),
    inet6: allocated('GetIpForwardTable2', 104, 23),
  },
  routeMetrics: {
    inet: allocated('GetIpInterfaceTable', 168, 2),
    inet6: allocated('GetIpInterfaceTable', 168, 23),
  },
  addresses: {
    inet: allocated('GetUnicastIpAddressTable', 80, 2),
    inet6: allocated('GetUnicastIpAddressTable', 80, 23),
  },
  interfaces: allocated('GetIfTable2', 1352),
};
console.log(
  JSON.stringify({ system: `${version()} ${release()}`, arch: process.arch, tables }, null, 1),
);
