// floor.cjs TABLES [walk]: the least that the answer costs in Node, as native/floor.c is for C. CommonJS, as an ES
// module takes 15 ms to load.
const { closeSync, openSync, readdirSync, readlinkSync, readSync } = require('node:fs');

const [, , tables = '', walk] = process.argv;
const bytes = Buffer.allocUnsafeSlow(1 << 16);

for (const name of tables.split(',')) {
  try {
    const file = openSync(`/proc/net/${name}`, 'r');
    while (readSync(file, bytes, 0, bytes.length, null) > 0);
    closeSync(file);
  } catch {
    // Not on this kernel.
  }
}

if (walk === 'walk') {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d/.test(pid)) continue;
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      // It ended meanwhile.
    }
  }
}
