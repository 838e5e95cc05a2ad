// scripts/capture-fixture: makes a fixture of a live Linux machine's /proc.
import { parseArgs } from 'node:util';
import { anonymized } from './anonymize.js';
import { readMachine } from './read-machine.js';
import { writeCapture } from './write-capture.js';

const usage = `usage: scripts/capture-fixture [options] OUT_DIR

Captures the socket, route and interface tables under /proc, and the processes
that hold the sockets, into plain files that any file system can hold.
tsnetstat --proc-root OUT_DIR reads them.

  --anonymize      replace addresses, hardware addresses, program names, command
                   lines, paths and users' numbers; ports, counters and the names
                   of interfaces stay
  --pid PID        the tables of PID's network namespace
  --proc-root DIR  another /proc
  --force          replace OUT_DIR if it is there
  --help           this text
`;

/** An invalid call: one line and the usage, exit code 2. */
class UsageError extends Error {}

function argumentsOf(argv) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        anonymize: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        pid: { type: 'string' },
        'proc-root': { type: 'string', default: '/proc' },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  if (values.help) return values;
  const [out, more] = positionals;
  if (out === undefined) throw new UsageError('OUT_DIR is missing');
  if (more !== undefined) throw new UsageError(`${more}: only one OUT_DIR`);
  if (values.pid !== undefined && !/^[1-9]\d*$/.test(values.pid)) {
    throw new UsageError(`--pid ${values.pid}: not a process ID`);
  }
  return { ...values, out };
}

function capture({ out, pid, anonymize, force, 'proc-root': procRoot }) {
  const machine = readMachine(procRoot, pid ?? null);
  writeCapture(out, anonymize ? anonymized(machine) : machine, force);
  for (const note of machine.notes) console.error(`capture-fixture: ${note}`);
  const count = machine.links.size - 1;
  const processes = count === 1 ? '1 process' : `${count} processes`;
  console.log(`${out}: ${machine.files.size} files, ${processes}`);
}

try {
  const args = argumentsOf(process.argv.slice(2));
  if (args.help) process.stdout.write(usage);
  else capture(args);
} catch (error) {
  console.error(`capture-fixture: ${error.message}`);
  if (error instanceof UsageError) console.error(usage.split('\n', 1)[0]);
  process.exitCode = 2;
}
