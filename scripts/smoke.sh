#!/bin/bash
# Runs the program once for each kind of answer on whichever system this is: bash scripts/smoke.sh COMMAND...
# Fails if it does, or if its JSON cannot be parsed or lacks sockets. Needs Node.
set -euo pipefail

"$@" -tulpn
"$@" -tuanp --json | node -e '
  const { sockets } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  if (!Array.isArray(sockets)) throw new Error("no list of sockets in the JSON");
  console.log(`${sockets.length} sockets as JSON`);'
"$@" -rn
"$@" -in
