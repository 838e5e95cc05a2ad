import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A captured /proc with this many TCP connections. Returns its folder, which is temporary. */
export function captureOfRows(count: number): string {
  const folder = temporaryFolder('many-rows-');
  const row = (at: number) =>
    `${String(at).padStart(4)}: 0A0200C0:01BB ${at.toString(16).padStart(6, '0').toUpperCase()}CB:C350 ` +
    `01 00000000:00000000 00:00000000 00000000    33        0 ${at + 1} 1 0000000000000000 20 4 30 10 -1\n`;
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n';
  mkdirSync(join(folder, 'net'));
  writeFileSync(
    join(folder, 'capture.json'),
    JSON.stringify({ version: 1, byteOrder: 'little', kernel: '6.1.0' }),
  );
  writeFileSync(
    join(folder, 'net/tcp'),
    header + Array.from({ length: count }, (_, at) => row(at)).join(''),
  );
  return folder;
}
