import { exitCode, NetstatError } from './errors.js';
import type { FormatContext } from './format/formatter.js';
import { formatters } from './format/index.js';
import { sanitize } from './format/sanitize.js';
import type { Host } from './host.js';
import { isListening } from './model/classify.js';
import { noNames } from './model/names.js';
import type { Request } from './model/request.js';
import type { Warning } from './model/snapshot.js';
import type { Socket } from './model/socket.js';
import { helpText } from './options/help.js';
import { taskFrom } from './options/index.js';
import type { Backend, Batches, Notes } from './platform/backend.js';
import { backendFor } from './platform/index.js';

/**
 * The whole program: a command line in, text out, an exit code back.
 * Data flows one way: argv → Request → backend → select → resolve → format → stdout.
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  try {
    const task = taskFrom(argv);
    switch (task.kind) {
      case 'help':
        host.stdout.write(helpText());
        return exitCode.done;
      case 'version':
        host.stdout.write(`tsnetstat ${host.version}\n`);
        return exitCode.done;
      case 'explain':
      case 'completion':
        throw new NetstatError('unsupported', `--${task.kind} is not there yet`);
      case 'report':
        return await report(task.request, host);
    }
  } catch (error) {
    if (!(error instanceof NetstatError)) throw error;
    host.stderr.write(`tsnetstat: ${error.message}\n`);
    return exitCode.trouble;
  }
}

/** One round of a report, or with -c one after another until interrupted. */
async function report(request: Request, host: Host): Promise<number> {
  const backend = await backendFor({
    platform: host.platform,
    env: host.env,
    procRoot: request.procRoot,
  });
  const format = formatters[request.format];
  for (;;) {
    const warnings: Warning[] = [];
    const notes: Notes = { warn: (warning) => warnings.push(warning) };
    const context: FormatContext = {
      request,
      names: noNames,
      paint: null,
      width: host.stdout.isTerminal ? host.stdout.columns : null,
      previous: null,
    };
    const stream = {
      kind: request.report,
      platform: backend.platform,
      takenAt: new Date().toISOString(),
      batches: sockets(backend, request, notes),
      warnings,
    };
    try {
      for await (const chunk of format(stream, context)) host.stdout.write(chunk);
    } finally {
      tellWarnings(warnings, request, host);
    }
    if (request.interval === null) return exitCode.done;
    await host.sleep(request.interval);
  }
}

async function* sockets(backend: Backend, request: Request, notes: Notes): Batches<Socket> {
  const query = {
    protocols: request.protocols,
    families: request.families,
    distinct: request.programs,
    required: request.protocolsNamed,
  };
  const shown = (socket: Socket) =>
    request.which === 'all' || isListening(socket) === (request.which === 'listening');
  if (!request.programs) {
    for await (const batch of backend.sockets(query, notes)) yield batch.filter(shown);
    return;
  }
  const all: Socket[] = [];
  for await (const batch of backend.sockets(query, notes)) {
    for (const socket of batch) if (shown(socket)) all.push(socket);
  }
  const depth = request.format === 'netstat' ? 'first' : 'all';
  yield await backend.withOwners(all, { depth, details: depth === 'all' }, notes);
}

/** Absent tables are worth a word only with -v; everything else that is missing always is. */
function tellWarnings(warnings: readonly Warning[], request: Request, host: Host): void {
  for (const { code, message } of warnings) {
    if (code === 'absent' && !request.verbose) continue;
    host.stderr.write(`tsnetstat: warning: ${sanitize(message)}\n`);
  }
}
