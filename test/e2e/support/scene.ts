import { diagnoseCommand } from '../../../src/commands/diagnose.ts';
import { list } from '../../../src/commands/list/list.ts';
import { serve } from '../../../src/commands/serve.ts';
import type { SystemValues } from '../../../src/model/machine/system-facts.ts';
import { noNames } from '../../../src/model/report/names.ts';
import type { SocketChange } from '../../../src/model/report/socket-event.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import type { Task } from '../../../src/options/index.ts';
import { facts as capturedFacts } from '../../../src/sources/linux/index.ts';
import { sourceOfReaders } from '../../../src/sources/readers.ts';
import type { Source } from '../../../src/sources/source.ts';
import { eventViewFor } from '../../../src/views/text/events/index.ts';
import { counter, netInterface, route } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { callsIn } from './readme.ts';

/** A live machine that is invented: what the program prints of it for a command. */
export type Scene = (command: string) => Promise<string>;

/** A machine with these sockets, which are listed. */
export function listed(sockets: readonly InetSocket[]): Scene {
  return async (command) => {
    const { host, written } = fakeHost();
    await list(taskOf('list', command).listing, host, async () => machine({ sockets }));
    return written.stdout;
  };
}

/** A machine where nothing is wrong but for these sockets and counts. */
interface Patient {
  readonly sockets: readonly InetSocket[];
  /** Connections dropped at full accept queues since the start, in the first reading and in the second. */
  readonly overflows?: readonly [before: number, now: number];
}

/** A machine that is diagnosed. */
export function diagnosed(patient: Patient): Scene {
  return async (command) => {
    let now = 0;
    const { host, written } = fakeHost({
      elapsed: () => now,
      sleep: async (length) => {
        now += length;
      },
    });
    await diagnoseCommand(taskOf('diagnose', command), host, async () => machine(patient));
    return written.stdout;
  };
}

/** A machine on which these changes are followed. */
export function followed(changes: readonly SocketChange[]): Scene {
  return async (command) => {
    const { query, view, schedule } = taskOf('follow', command).listing;
    const { facts, platform } = machine({ sockets: [] });
    const context = {
      ...{ query, view, schedule, facts, platform },
      ...{ names: noNames, paint: null, width: null },
    };
    const shown = await eventViewFor(view.format);
    return [shown.header(context), ...changes.map(shown.lines(context))].join('');
  };
}

/** A machine that is served, on any port that is free in place of the usual one. */
export const served: Scene = async (command) => {
  const { request } = taskOf('serve', command);
  const { host, written } = fakeHost({ ended: async () => 143 });
  const place = { ...request.place, port: 0 };
  const task = { ...taskOf('serve', command), request: { ...request, place } };
  await serve(task, host, async () => machine({ sockets: [] }));
  return written.stderr.replace(/:\d+(?=\/)/, `:${request.place.port}`);
};

/** The task of this kind, alone or among others. */
type TaskOf<Kind, Of = Task> = Of extends { readonly kind: unknown }
  ? Kind extends Of['kind']
    ? Of
    : never
  : never;

/** What a command line asks for, in which `tsnetstat` is called once. */
function taskOf<Kind extends Task['kind']>(kind: Kind, command: string): TaskOf<Kind> {
  const [argv = []] = callsIn(command);
  const task = taskFrom(argv);
  if (task.kind !== kind) throw new Error(`${command}: it asks for ${task.kind}`);
  return task as TaskOf<Kind>;
}

/** Settings and counts of a machine where nothing is wrong. */
const calm: SystemValues = {
  localPortRange: { first: 32768, last: 60999 },
  reservedPorts: [],
  ...{ timeWaitReuse: 2, tcpTimestamps: 1, timeWaitLimit: 32768, orphanLimit: 32768 },
  ...{ synBacklogLimit: 512, acceptQueueLimit: 4096, synCookies: 1 },
  tcpMemoryLimits: { low: 45000, pressure: 60000, high: 90000 },
  tcpUse: { inUse: 20, orphans: 0, timeWait: 2, memoryPages: 4 },
  conntrack: { count: 0, limit: 65536 },
  conntrackDrops: { dropped: 0, failed: 0, forgotten: 0 },
  neighbours: { count: 2, limit: 1024 },
  neighbours6: { count: 2, limit: 1024 },
  nameservers: ['127.0.0.53'],
  ...{ nameserversOverTcp: false, descriptors: [], silentNeighbours: [] },
  ...{
    isFirstNetwork: true,
    hasOtherDefaultRoute: false,
    hasSystemd: true,
    oddProcesses: [],
    stoppedProcesses: [],
  },
};

/** A live Linux. */
function machine({ sockets, overflows = [0, 0] }: Patient): Source {
  let readings = 0;
  const live = sourceOfReaders(
    {
      platform: 'linux',
      protocols: ['tcp', 'udp', 'unix'],
      facts: [...capturedFacts, 'tcpInfo', 'tcpInternals', 'boundSockets', 'netns'],
    },
    {
      async *sockets({ protocols, keep }) {
        yield sockets.filter((one) => protocols.includes(one.protocol) && keep(one));
      },
      async *statistics() {
        yield ['ListenOverflows', 'ListenDrops'].map((name) =>
          counter('TcpExt', name, overflows[Math.min(readings, 1)] ?? 0),
        );
        readings++;
      },
      async *routes() {
        yield [route({ destination: '0.0.0.0', prefixLength: 0 })];
      },
      async *interfaces() {
        yield [netInterface('eth0')];
      },
    },
  );
  return { ...live, systemFacts: async () => [{ values: calm, missing: {} }] };
}
