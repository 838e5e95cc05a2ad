#!/usr/bin/env node
// Old Nodes run this too, so that what they are told is no mistake of syntax.
if (Number.parseInt(process.versions.node, 10) < 20) {
  const { node } = process.versions;
  process.stderr.write(`tsnetstat: Node 20 or later is needed; this is Node ${node}\n`);
  process.exit(2);
}
// npm puts a link to this in a folder of programs, which Node follows unless it is told not to (--preserve-symlinks-main).
const { lstatSync, realpathSync } = require('node:fs');
const isLink = lstatSync(__filename).isSymbolicLink();
require(isLink ? `${realpathSync(__filename)}/../../dist/start.cjs` : '../dist/start.cjs');
