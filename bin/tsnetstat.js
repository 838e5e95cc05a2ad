#!/usr/bin/env node
// Old Nodes run this too, so that what they are told is no mistake of syntax.
if (Number.parseInt(process.versions.node, 10) < 20) {
  const { node } = process.versions;
  process.stderr.write(`tsnetstat: Node 20 or later is needed; this is Node ${node}\n`);
  process.exit(2);
}
require('../dist/start.cjs');
