import type { SystemFact } from '../../model/machine/system-facts.ts';
import {
  allProtocols,
  type InetFamily,
  type Protocol,
  protocolFlag,
} from '../../model/protocol.ts';
import type { ReportKind } from '../../model/report/snapshot.ts';
import { longestCommandLine } from '../../model/socket/owner.ts';
import {
  bootFile,
  factFiles,
  fibTrieFile,
  groupFiles,
  inetFiles,
  interfaceFiles,
  longestCgroup,
  outsideFiles,
  powerFiles,
  routeFiles,
  sctpFiles,
  statisticsFiles,
  unixFile,
  versionFile,
} from '../linux/proc-files.ts';
import type { SocketQuery, SourceQuery, WithOwnersQuery } from '../source.ts';
import type { Ask, ProcessAsk } from './script.ts';

/** A request for nothing. */
const nothing: Ask = {
  files: [],
  processes: null,
  interfaces: false,
  others: [],
  folders: [],
  tsnetstat: null,
};

/** Files that show a machine's byte order if its executables do not. */
const orderFiles = [routeFiles.inet, groupFiles.inet, versionFile];

/** The tables of a protocol. */
function tablesOf(protocol: Protocol, families: readonly InetFamily[]): readonly string[] {
  if (protocol === 'unix') return [unixFile];
  if (protocol !== 'sctp') return families.map((family) => inetFiles[protocol][family]);
  // Each of them is for both families.
  return families.includes('inet') ? Object.values(sctpFiles) : [];
}

/** Bytes of a command line that are needed for a program's name. */
const nameBytes = 4096;
/** A whole command line, no shorter than the file of a cgroup, and one more byte that shows whether it is longer. */
const commandBytes = longestCommandLine + 1;

/** Returns what must be requested to find the owners of sockets. `owners` null: only those that exposure depends on. */
function ownersFor({
  owners,
  workloads,
  exposure,
}: Pick<SocketQuery, 'owners' | 'workloads' | 'exposure'>): ProcessAsk {
  const details = owners?.details === true;
  return {
    descriptors: true,
    executable: details,
    files: [
      'cmdline',
      ...(details ? ['stat', 'status'] : []),
      ...(workloads === true ? ['cgroup'] : []),
      ...(exposure === true ? ['comm'] : []),
    ],
    most: details ? commandBytes : workloads === true ? longestCgroup : nameBytes,
  };
}

/** The privileges of the remote process. */
const powers = Object.values(powerFiles);

/** The same, and the boot time. */
const ownerFiles = [...powers, bootFile];

/** Returns the request for owners of sockets that were read before. */
export function askOfOwners(query: WithOwnersQuery): Ask {
  return { ...nothing, files: ownerFiles, processes: ownersFor(query) };
}

function askOfSockets(query: SocketQuery): Ask {
  const { protocols, families, owners, exposure } = query;
  const asksOwners = owners !== null || exposure === true;
  const tables = protocols.flatMap((protocol) => tablesOf(protocol, families));
  return {
    ...nothing,
    files: [...new Set([...tables, ...orderFiles, ...(asksOwners ? ownerFiles : [])])],
    processes: asksOwners ? ownersFor(query) : null,
    tsnetstat: commandFor(query),
  };
}

/** Returns the arguments for the machine's own tsnetstat; anything more that it reports is removed here. */
function commandFor(query: SocketQuery): readonly string[] {
  const { protocols, families } = query;
  const isEvery = allProtocols.every((one) => protocols.includes(one));
  return [
    '--json',
    query.listeningOnly === true ? '-l' : '-a',
    ...(isEvery ? [] : protocols.map(protocolFlag)),
    ...(families.length === 1 && !protocols.includes('unix')
      ? [families[0] === 'inet' ? '-4' : '-6']
      : []),
    ...(query.owners === null ? [] : ['-p']),
    ...(query.tcpInfo === true ? ['--tcp-info'] : []),
    ...(query.socketInfo === true || (query.unixQueues === true && protocols.includes('unix'))
      ? ['--socket-info']
      : []),
    ...(query.boundSockets === true ? ['--bound-inactive'] : []),
    ...(query.workloads === true ? ['--workloads'] : []),
    ...(query.exposure === true ? ['--exposure'] : []),
  ];
}

/** Returns the request for a query. */
export function askOf<K extends ReportKind>(query: SourceQuery<K>): Ask {
  const asked = query as SourceQuery;
  switch (asked.report) {
    case 'sockets':
      return askOfSockets(asked as SourceQuery<'sockets'>);
    case 'routes':
      return withOrder(Object.values(routeFiles));
    case 'groups':
      return withOrder(Object.values(groupFiles));
    case 'interfaces':
      return {
        ...withOrder([interfaceFiles.devices, fibTrieFile, interfaceFiles.inet6]),
        interfaces: true,
      };
    case 'statistics':
      return { ...nothing, files: Object.values(statisticsFiles) };
  }
}

/** Returns the request for files, with those that show in which byte order they are. */
function withOrder(files: readonly string[]): Ask {
  return { ...nothing, files: [...new Set([...files, ...orderFiles])] };
}

/** Facts that are read from elsewhere than files of /proc with fixed names. */
const otherAsks = {
  nameservers: { others: [outsideFiles.nameservers] },
  nameserversOverTcp: { others: [outsideFiles.nameservers] },
  hasSystemd: { folders: [outsideFiles.hasSystemd] },
  descriptors: {
    files: powers,
    processes: ofProcesses(['limits', 'cmdline', 'comm'], { executable: false }),
  },
  oddProcesses: {
    files: powers,
    processes: ofProcesses(['comm', 'cmdline'], { executable: true }),
  },
  stoppedProcesses: {
    files: powers,
    processes: ofProcesses(['stat', 'cmdline', 'comm'], { executable: false }),
  },
} as const satisfies Partial<Record<SystemFact, Partial<Ask>>>;

/** Returns what a system fact is read from. */
function askOfFact(fact: SystemFact): Partial<Ask> {
  if (fact in otherAsks) return otherAsks[fact as keyof typeof otherAsks];
  const files = factFiles[fact as Exclude<SystemFact, keyof typeof otherAsks>];
  return { files: typeof files === 'string' ? [files] : Object.values(files) };
}

function ofProcesses(
  files: readonly string[],
  { executable }: Pick<ProcessAsk, 'executable'>,
): ProcessAsk {
  return { descriptors: true, executable, files, most: nameBytes };
}

/** Returns the request for system facts. */
export function askOfFacts(facts: readonly SystemFact[]): Ask {
  const asks = facts.map(askOfFact);
  const processes = asks.flatMap((ask) => ask.processes ?? []);
  const all = <T>(of: (ask: Partial<Ask>) => readonly T[] | undefined) => [
    ...new Set(asks.flatMap((ask) => of(ask) ?? [])),
  ];
  return {
    ...nothing,
    files: all(({ files }) => files),
    others: all(({ others }) => others),
    folders: all(({ folders }) => folders),
    processes:
      processes.length === 0
        ? null
        : ofProcesses([...new Set(processes.flatMap(({ files }) => files))], {
            executable: processes.some(({ executable }) => executable),
          }),
  };
}
