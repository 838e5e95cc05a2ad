import { isNetstatError } from '../../../errors.ts';
import { parseLimit } from '../../../model/machine/limits.ts';
import type {
  DescriptorUse,
  Fill,
  SystemFact,
  SystemFacts,
  SystemValues,
} from '../../../model/machine/system-facts.ts';
import { readHead } from '../files/plain-file.ts';
import { nameBytes, parseCommandLine } from '../owners/process-names.ts';
import { processesText, remedy } from '../owners/unseen-processes.ts';
import { pathExists } from '../path-exists.ts';
import { isProcfs } from '../proc/kernel-files.ts';
import { errnoOf, isForbidden, isGone, type Proc, rootThere } from '../proc/proc.ts';
import { factFiles, outsideFiles } from '../proc-files.ts';
import { decodeText } from '../text.ts';
import { viewsOf } from '../workloads/cgroup-mounts.ts';
import { pathOn } from '../workloads/machine-files.ts';
import { cgroupFreezer, type Freezer } from './cgroup-freezer.ts';
import { oddProcesses } from './odd-processes.ts';
import {
  parseConntrackStat,
  parseNameservers,
  parseNameserversOverTcp,
  parseNeighbourCount,
  parseOtherDefaultRoute,
  parsePortList,
  parseSettings,
  parseSilentNeighbours,
  parseSockstat,
  parseUnsignedSetting,
} from './parse.ts';
import { stoppedProcesses } from './stopped-processes.ts';

/** A fact, and why it is unknown or incomplete. */
interface Answer<Value> {
  readonly value: Value | null;
  /** null: it is complete. */
  readonly missing: string | null;
}

/** Thrown by a reader: the fact cannot be known, with the reason. */
class Unknown extends Error {
  /** Because a file does not exist. */
  readonly isAbsent: boolean;

  constructor(message: string, isAbsent = false) {
    super(message);
    this.isAbsent = isAbsent;
  }
}

/** Files of a machine outside its /proc, by absolute path. */
export interface MachineFiles {
  /** The name of a path in messages. */
  nameOf(path: string): string;
  /** @throws the error of the system call */
  read(path: string): Buffer;
  hasFolder(path: string): boolean;
}

/** The files of a machine whose root folder is `folder`: links are resolved within it. */
export function filesBelow(folder: string): MachineFiles {
  return {
    nameOf: (path) => `${folder}${path}`,
    read(path) {
      const place = pathOn(folder, path);
      if (place !== null) return readHead(place, longestFile);
      throw Object.assign(new Error(`ELOOP: ${folder}${path}`), { code: 'ELOOP' });
    },
    hasFolder(path) {
      const place = pathOn(folder, path);
      return place !== null && pathExists(place);
    },
  };
}

/** What facts are read from. */
interface FactFiles {
  readonly proc: Proc;
  /** null: not accessible. */
  readonly files: MachineFiles | null;
}

/** How each fact is read; what `text` and the others throw becomes the reason why it is not known. */
const readers: { readonly [Fact in SystemFact]: (from: FactFiles) => Answer<SystemValues[Fact]> } =
  {
    localPortRange: ({ proc }) => {
      const [first = 0, last = 0] = settings(proc, factFiles.localPortRange, 2);
      return known({ first, last });
    },
    reservedPorts: ({ proc }) => known(parsed(proc, factFiles.reservedPorts, parsePortList)),
    timeWaitReuse: ({ proc }) => known(setting(proc, factFiles.timeWaitReuse)),
    tcpTimestamps: ({ proc }) => known(setting(proc, factFiles.tcpTimestamps)),
    timeWaitLimit: ({ proc }) => known(parsed(proc, factFiles.timeWaitLimit, parseUnsignedSetting)),
    orphanLimit: ({ proc }) => known(setting(proc, factFiles.orphanLimit)),
    synBacklogLimit: ({ proc }) => known(setting(proc, factFiles.synBacklogLimit)),
    acceptQueueLimit: ({ proc }) => known(setting(proc, factFiles.acceptQueueLimit)),
    synCookies: ({ proc }) => known(setting(proc, factFiles.synCookies)),
    tcpMemoryLimits: ({ proc }) => {
      const [low = 0, pressure = 0, high = 0] = settings(proc, factFiles.tcpMemoryLimits, 3);
      return known({ low, pressure, high });
    },
    tcpUse: ({ proc }) => known(parsed(proc, factFiles.tcpUse, parseSockstat)),
    conntrack: ({ proc }) => {
      const { count, limit } = factFiles.conntrack;
      return known({ count: setting(proc, count), limit: setting(proc, limit) });
    },
    conntrackDrops: ({ proc }) => known(parsed(proc, factFiles.conntrackDrops, parseConntrackStat)),
    neighbours: ({ proc }) => known(neighbours(proc, factFiles.neighbours)),
    neighbours6: ({ proc }) => known(neighbours(proc, factFiles.neighbours6)),
    nameservers: ({ files }) => known(parseNameservers(resolverFile(files))),
    nameserversOverTcp: ({ files }) => known(parseNameserversOverTcp(resolverFile(files))),
    descriptors: ({ proc }) => descriptors(proc),
    silentNeighbours: ({ proc }) =>
      known(parsed(proc, factFiles.silentNeighbours, parseSilentNeighbours)),
    isFirstNetwork: ({ proc }) => known(isFirstNetwork(proc)),
    // The kernel lists most other tables before the main one, which may be very long.
    hasOtherDefaultRoute: ({ proc }) =>
      known(parsed(proc, factFiles.hasOtherDefaultRoute, parseOtherDefaultRoute, mostOfTables)),
    hasSystemd: ({ files }) => {
      if (files === null) throw new Unknown('the files of that machine are not available');
      // As sd_booted(3) does.
      return known(files.hasFolder(outsideFiles.hasSystemd));
    },
    oddProcesses: ({ proc }) => {
      const { found, denied } = oddProcesses(proc, processIds(proc));
      return { value: found, missing: deniedText(proc, denied) };
    },
    stoppedProcesses: ({ proc }) => {
      const pids = processIds(proc);
      const { found, denied, unclear, isKnown } = stoppedProcesses(
        proc,
        pids,
        (pid) => programOf(proc, pid),
        freezerFor(proc),
      );
      if (!isKnown)
        throw new Unknown(`${rootThere(proc)}/PID/stat: not found, or permission denied`);
      const missing = [deniedText(proc, denied), unclearText(unclear)].filter(Boolean);
      return { value: found, missing: missing.join('; ') || null };
    },
  };

/** null: there are no cgroups, or only in the running system could they be seen. */
function freezerFor({ isLive, isElsewhere, root }: Proc): Freezer | null {
  return isLive && isElsewhere !== true ? cgroupFreezer(viewsOf(root)) : null;
}

/** Why it is not known of some processes whether they are frozen; null: it is. */
function unclearText(unclear: number): string | null {
  if (unclear === 0) return null;
  return `whether the cgroup freezer holds ${processesText(unclear)} cannot be seen from here`;
}

function resolverFile(files: MachineFiles | null): string {
  if (files === null) throw new Unknown('the files of that machine are not available');
  const path = outsideFiles.nameservers;
  return text(files.nameOf(path), () => files.read(path));
}

/** How much is read of routing tables. */
const mostOfTables = 1024 * 1024;

/** The longest resolv.conf that resolvers read. */
const longestFile = 64 * 1024;

/**
 * The facts that are asked for, about the network that `proc` shows. Never throws: what cannot be known is null,
 * with a reason. `files` as in `FactFiles`.
 */
export function systemFacts(
  proc: Proc,
  files: MachineFiles | null,
  facts: readonly SystemFact[],
): SystemFacts {
  const values: Partial<Record<SystemFact, unknown>> = {};
  const missing: Partial<Record<SystemFact, string>> = {};
  for (const fact of facts) {
    try {
      const answer: Answer<unknown> = readers[fact]({ proc, files });
      values[fact] = answer.value;
      if (answer.missing !== null) missing[fact] = answer.missing;
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      values[fact] = null;
      missing[fact] = error.message;
    }
  }
  return { values: values as SystemFacts['values'], missing };
}

function known<Value>(value: Value): Answer<Value> {
  return { value, missing: null };
}

/** @throws Unknown */
function text(path: string, read: () => Buffer): string {
  try {
    return decodeText(read());
  } catch (error) {
    const code = errnoOf(error);
    if (code === '' && !isNetstatError(error)) throw error;
    const why = isGone(code)
      ? 'not found: this kernel or this network namespace has no such file'
      : isForbidden(code)
        ? 'permission denied'
        : `cannot be read (${code || (error as Error).message})`;
    throw new Unknown(`${path}: ${why}`, isGone(code));
  }
}

/** @throws Unknown */
function fileOf(proc: Proc, path: string, most?: number): string {
  const source = `${rootThere(proc)}/${path}`;
  // Any procfs shows the settings of the reader's own network.
  const isSetting = path.startsWith('sys/net/');
  if (
    isSetting &&
    !proc.isOwn &&
    proc.entersNet !== true &&
    proc.isElsewhere !== true &&
    isProcfs(proc.root) === true
  ) {
    throw new Unknown(
      `${source}: a setting of another network namespace, which only root can enter`,
    );
  }
  return text(source, () => proc.readFile(path, most));
}

/** @throws Unknown */
function parsed<Value>(
  proc: Proc,
  path: string,
  parse: (text: string) => Value | null,
  most?: number,
): Value {
  const value = parse(fileOf(proc, path, most));
  if (value === null) throw new Unknown(`${rootThere(proc)}/${path}: unexpected format`);
  return value;
}

/** @throws Unknown */
function settings(proc: Proc, path: string, count: number): readonly number[] {
  return parsed(proc, path, (content) => parseSettings(content, count));
}

/** @throws Unknown */
function setting(proc: Proc, path: string): number {
  return settings(proc, path, 1)[0] as number;
}

/** @throws Unknown */
function neighbours(proc: Proc, files: Readonly<Record<keyof Fill, string>>): Fill {
  return {
    limit: setting(proc, files.limit),
    count: parsed(proc, files.count, parseNeighbourCount),
  };
}

/**
 * The limits of the neighbour tables are the machine's, and exist only in its first network (net/core/neighbour.c).
 */
function isFirstNetwork(proc: Proc): boolean {
  try {
    fileOf(proc, factFiles.isFirstNetwork);
    return true;
  } catch (error) {
    if (error instanceof Unknown && error.isAbsent) return false;
    throw error;
  }
}

/** Fewer descriptors cannot be close to any limit that matters. */
const fewDescriptors = 32;

/** @throws Unknown */
function descriptors(proc: Proc): Answer<readonly DescriptorUse[]> {
  const found: DescriptorUse[] = [];
  let denied = 0;
  for (const pid of processIds(proc)) {
    try {
      const open = proc.descriptorCount(pid) ?? proc.descriptors(pid).length;
      if (open < fewDescriptors) continue;
      const limit = parseLimit(decodeText(proc.readFile(`${pid}/limits`)), 'Max open files');
      if (limit === null) continue;
      const { soft, hard } = limit;
      found.push({ pid, program: programOf(proc, pid), open, limit: soft, hardLimit: hard });
    } catch (error) {
      const code = errnoOf(error);
      if (code === '' && !isNetstatError(error)) throw error;
      if (!isGone(code)) denied++;
    }
  }
  return { value: found, missing: deniedText(proc, denied, 'the descriptors of ') };
}

/** A process as `-p` names it, or if it has erased that, the kernel's name for it; null: not known. */
function programOf(proc: Proc, pid: number): string | null {
  const { program } = parseCommandLine(proc.readFile(`${pid}/cmdline`, nameBytes));
  return program || decodeText(proc.readFile(`${pid}/comm`)).replace(/\n$/, '') || null;
}

/** Why facts about processes are incomplete; null: they are not. */
function deniedText(proc: Proc, denied: number, what = ''): string | null {
  if (denied === 0) return null;
  return `${what}${processesText(denied)} could not be inspected; ${remedy(proc, denied)}`;
}

/** @throws Unknown */
function processIds(proc: Proc): readonly number[] {
  try {
    return proc.processIds();
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    throw new Unknown(error.summary);
  }
}
