// Run by npm when it has installed the package: see src/start/make-code-cache.ts. A checkout has
// nothing to start yet, and gets its code cache when it is built.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const maker = join(__dirname, '../dist/make-code-cache.cjs');
if (existsSync(maker)) require(maker);
