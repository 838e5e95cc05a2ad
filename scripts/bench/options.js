import { parseArgs } from 'node:util';
import { cases } from './cases.js';

export const usage = `npm run bench -- [options]     (Linux, root, a C compiler)

  --quick          1,000 and 10,000 sockets, 3 rounds: whether all works, not how fast it is
  --huge           400,000 and 1,000,000 sockets too
  --sizes N,N      these sizes instead
  --case NAME      only this case (may be repeated): ${cases.map(({ name }) => name).join(', ')}
  --runs N         rounds of each measurement (default 11)
  --processes N    how many processes share the sockets (default 100)
  --patience N     seconds after which a measurement makes do with 3 rounds (default 60)
  --limit N        seconds after which one run is given up (default 300)
  --markdown       also put the results into docs/measurements.md
`;

/** The options of one run of the benchmark. */
export function optionsFrom(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      quick: { type: 'boolean', default: false },
      huge: { type: 'boolean', default: false },
      sizes: { type: 'string' },
      case: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string' },
      processes: { type: 'string', default: '100' },
      patience: { type: 'string', default: '60' },
      limit: { type: 'string', default: '300' },
      markdown: { type: 'boolean', default: false },
    },
  });
  const unknown = values.case.find((name) => !cases.some((known) => known.name === name));
  if (unknown !== undefined) {
    throw new Error(`--case ${unknown}: not one of ${cases.map(({ name }) => name).join(', ')}`);
  }
  const sizes =
    values.sizes?.split(',').map((text) => whole('--sizes', text)) ??
    (values.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000]);
  if (values.huge) sizes.push(400_000, 1_000_000);
  return {
    help: values.help,
    sizes,
    cases:
      values.case.length === 0 ? cases : cases.filter(({ name }) => values.case.includes(name)),
    runs: whole('--runs', values.runs ?? (values.quick ? '3' : '11')),
    processes: whole('--processes', values.processes),
    patience: whole('--patience', values.patience),
    limit: whole('--limit', values.limit),
    markdown: values.markdown,
  };
}

function whole(option, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`${option} ${text}: not a whole number above 0`);
  }
  return value;
}
