#!/bin/bash
# All checks, as CI runs them (npm run check). Needs what .ci/run installs, and root: where CI is set nothing may be
# skipped, elsewhere what cannot run says so.
set -euo pipefail
cd "$(dirname "$0")/.."

report=$(mktemp -d)
trap 'rm -rf "$report"' EXIT

npm run typecheck &
types=$!
npm run lint
wait "$types"
npx --no-install publint --strict
npx --no-install attw --pack . --profile esm-only

# node_of VERSION: another Node, of which only the package is fetched: no script of it runs.
node_of() {
  local archive
  archive=$(npm pack --silent --pack-destination "$report" "node-linux-$(node -p process.arch)@$1")
  mkdir "$report/node-$1"
  tar -xzf "$report/$archive" -C "$report/node-$1" --strip-components=1 package/bin/node
  echo "$report/node-$1/bin/node"
}

# The lowest Node that package.json allows builds the package, and runs it; the suites run what this one builds.
lowest=$(node_of 20.0.0)
"$lowest" scripts/build.js
bash scripts/smoke.sh "$lowest" bin/tsnetstat.js >/dev/null
npm run build

# One suite runs the sources directly, for which this Node may be too old.
if ! node -e 'process.exit(process.features.typescript ? 0 : 1)'; then
  TSNETSTAT_NEWER_NODE=$(node_of 24)
  export TSNETSTAT_NEWER_NODE
fi

# suites NAME ARGUMENT...: runs Vitest, and keeps its report under a name. Two files at a time even where Vitest
# would leave one of two processors idle: most of the time is spent waiting for programs.
status=0
suites() {
  local name=$1
  shift
  npx --no-install vitest run "$@" --maxWorkers=2 --reporter=default --reporter=json \
    --outputFile.json="$report/$name.json" || status=$?
}

# beside NAME ARGUMENT...: the same in the background; `joined` waits for it, and prints it.
beside() {
  (
    suites "$@"
    exit "$status"
  ) >"$report/$1.log" 2>&1 &
  other=$! name=$1
}
joined() {
  wait "$other" || status=$?
  cat "$report/$name.log"
}

# A short search for hostile input, with the same input in every run, like all random examples
# (test/support/same-examples.ts).
TSNETSTAT_FUZZ_RUNS=20 TSNETSTAT_FUZZ_SEED=${TSNETSTAT_SEED:-1} beside fuzz --project fuzz
suites test --project 'unit*' --project e2e
joined
# Wine's suite is one file, which would leave a processor idle in the end.
beside windows --project wine
suites machine --project differential
joined

# The same for the standalone executables: one runs here, the other under Wine.
npm run build:exe -- linux-x64 windows-x64
TSNETSTAT_EXE=dist-exe/tsnetstat-windows-x64.exe beside windows-exe --project wine
TSNETSTAT_EXE=dist-exe/tsnetstat-linux-x64 suites exe --project e2e --project differential
joined

node scripts/ci-summary.js "$report"/*.json || status=$?
exit "$status"
