import type { Counter } from '../../model/machine/counter.ts';
import type { NetInterface } from '../../model/machine/interface.ts';
import type { Netns } from '../../model/machine/netns.ts';
import type { Route } from '../../model/machine/route.ts';
import type { SystemFact, SystemFacts } from '../../model/machine/system-facts.ts';
import type { Protocol } from '../../model/protocol.ts';
import type { Finding, Severity } from '../../model/report/diagnosis.ts';
import type { Service } from '../../model/report/service.ts';
import type { PlatformName } from '../../model/report/snapshot.ts';
import type { Glance } from '../../model/socket/glance.ts';
import type { Socket } from '../../model/socket/socket.ts';

/** A number that a check decides by, which the user can set. */
interface Threshold {
  readonly value: number;
  /** What it is a limit of: a phrase that follows its name. */
  readonly meaning: string;
  /** Its unit; default: a count. */
  readonly unit?: '%' | 's' | 'ms';
}

/** What has to be read for a check. Each costs time. */
interface CheckNeeds {
  /** The tables whose sockets it looks at; empty: none. */
  readonly protocols: readonly Protocol[];
  /** Only servers from these tables: read separately, which costs next to nothing. */
  readonly serversOnly?: true;
  /** The kernel's `tcpInfo` of each TCP connection. */
  readonly tcpInfo?: true;
  /** Accept queues with their limits, drops, memory. */
  readonly socketInfo?: true;
  /** Whether IPv6 servers accept IPv4 too (`takesIpv4`), if the source knows it. */
  readonly receivers?: true;
  /** Queues and timers: row fields that some platforms lack. */
  readonly rowFacts?: readonly ('queues' | 'timers')[];
  /** The exposure of the sockets that `ownersOf` names; `useful`: the check finds less without it. */
  readonly exposure?: true | 'useful';
  /** The counters of -s; `useful`: the check finds less without them. */
  readonly counters?: true | 'useful';
  /** Whether it compares two readings, a second apart. */
  readonly twoReadings?: true;
  /** System facts without which it cannot run. */
  readonly facts?: readonly SystemFact[];
  /** System facts with which it finds more. */
  readonly usefulFacts?: readonly SystemFact[];
  readonly routes?: true;
  readonly interfaces?: true;
}

/** What is known before the sockets are read. */
export interface Scope {
  readonly system: SystemFacts;
}

/** Sockets that belong together, counted. */
export interface Group {
  readonly count: number;
  /** How many are in each state. */
  readonly states: ReadonlyMap<string, number>;
  /** The first few of them. */
  readonly sockets: readonly Socket[];
  /** The local port of each; empty unless the check `keepsPorts`. */
  readonly localPorts: readonly number[];
}

/** The data of one reading of one network that a check gets. */
export interface Look extends Scope {
  /** The sockets that it watches. */
  readonly sockets: readonly Socket[];
  /** By the key that `groupOf` returns. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Empty if the check needs none. */
  readonly counters: readonly Counter[];
}

/** What is known from two readings of one network. */
interface Between {
  /** The first look. */
  readonly before: Look;
  /** The current values; empty if the check needs none. */
  readonly counters: readonly Counter[];
  /** How many seconds ago the first look was. */
  readonly seconds: number;
}

/** What a check is given. */
export interface Evidence extends Look {
  readonly platform: PlatformName;
  /** The look before; null: the check does not compare. */
  readonly before: Look | null;
  /** How many seconds ago that was; 0: there was none. */
  readonly seconds: number;
  readonly routes: readonly Route[];
  readonly interfaces: readonly NetInterface[];
  /** The service that was asked about; null: none was. */
  readonly service: Service | null;
  /** The protocols whose sockets were asked for. */
  readonly protocols: readonly Protocol[];
  /** The sockets that the search was restricted to: `UDP sockets over IPv6`; null: not restricted. */
  readonly onlyIn: string | null;
  /** Whether a filter selects the sockets: what counters alone say may concern others, and is not reported. */
  readonly isFiltered: boolean;
  /**
   * The checks that run, by name, with their thresholds as set: a check leaves to another what that reports, but only if
   * it does. Read by `settingsOf`.
   */
  readonly running: ReadonlyMap<string, Settings>;
}

/**
 * A finding without the owners of its sockets, which are added later. Commands of its remedy are written for the network
 * of the finding; the words `PID`, `PIDS` and `WORKER` in them stand for the processes that hold its sockets, as
 * `remedyFor` has it.
 */
export interface Draft
  extends Pick<
    Finding,
    ('severity' | 'certainty' | 'title' | 'observations' | 'seen') | 'sockets' | 'why' | 'remedy'
  > {
  /** The network that it is about, if the check spans networks and knows; else it is where the check looked. */
  readonly netns?: Netns | null;
  /** The total, where it is more than `sockets` holds. */
  readonly socketCount?: number;
  /** The processes concerned, where they are not the sockets' owners. */
  readonly processes?: readonly { readonly pid: number; readonly program: string | null }[];
  /** Arguments of a tsnetstat command line that lists the sockets; null: none would. */
  readonly command: readonly string[] | null;
}

/** The thresholds as set. */
type Settings<Name extends string = string> = Readonly<Record<Name, number>>;

/** The thresholds of another check, as set; null: it does not run. */
export function settingsOf<Name extends string>(
  { running }: Evidence,
  check: string,
): Settings<Name> | null {
  return running.get(check) ?? null;
}

/** What is said about a check, in full sentences; what to type is in backticks. */
export interface CheckText {
  /** What follows from what it finds. */
  readonly meaning: string;
  /** What is a finding, and of which severity, worst first. Each threshold is named in one of these or in `silent`. */
  readonly found: readonly (readonly [severity: Severity, when: string])[];
  /** What is no finding although it may look like one, and what cannot be known. */
  readonly silent?: string;
  /** What to do about it in general; each finding says it for its case. */
  readonly remedy: string;
  /** What it counts sockets by, where that needs to be explained: `commonFacts`. */
  readonly counts?: 'servers' | 'processes';
}

/** Something that `--diagnose` looks for. */
export interface Check<Name extends string = string> {
  /** At least two words joined by hyphens: that distinguishes it from an expression. */
  readonly name: string;
  /** What it finds: one line, no full stop. */
  readonly summary: string;
  /** What it means, how it decides, when it is silent, and what to do. */
  readonly text: CheckText;
  /**
   * `sockets`: filters narrow what it looks at. `network`: about a network as a whole; `machine`: about the
   * machine: where sockets are selected, these two run only if named. `service`: about one service; runs only where
   * one is asked about.
   */
  readonly about: 'sockets' | 'network' | 'machine' | 'service';
  /** About the machine; but where one service is asked about, about the processes of that. */
  readonly ofService?: true;
  /** It examines the sockets of all network namespaces together, not of each separately. */
  readonly spans?: true;
  readonly thresholds: Readonly<Record<Name, Threshold>>;
  readonly needs: CheckNeeds;
  /** Which sockets it wants to see. Called for every socket: must be fast. */
  watches?(socket: Socket, scope: Scope): boolean;
  /**
   * The same, before a row is made; false only where `watches` would be false. If a check lacks it, a row is made
   * of every connection.
   */
  glances?(glance: Glance, scope: Scope): boolean;
  /**
   * For a check that compares: whether the sockets of the second look can change its result. They are read only if
   * some check says so. Left out: always.
   */
  again?(between: Between, settings: Settings<Name>): boolean;
  /**
   * The key of the group in which it counts a socket, without keeping it; null: not counted. Without `groupsIf` it is
   * called along with `watches`, otherwise in a reading of its own.
   */
  groupOf?(socket: Socket, scope: Scope): string | null;
  /** Whether the local ports of a group are kept. */
  readonly keepsPorts?: true;
  /**
   * Whether reading the sockets once more, for groups, is worth it. `ports`: how many different local ports the TCP
   * sockets have that `tallies` selects; null: not known.
   */
  groupsIf?(scope: Scope, settings: Settings<Name>, ports: number | null): boolean;
  /** Of which TCP sockets the local ports are counted, for `groupsIf`. */
  tallies?(glance: Glance, scope: Scope): boolean;
  /** Those of its sockets whose owners it needs. Left out: none. */
  ownersOf?(look: Look, settings: Settings<Name>): readonly Socket[];
  /** Pure: the same evidence gives the same findings. */
  find(evidence: Evidence, settings: Settings<Name>): readonly Draft[];
}

/** Makes the compiler check that a check's settings match its thresholds. */
export function check<Name extends string>(one: Check<Name>): Check {
  return one as unknown as Check;
}

/** Whether a check counts sockets in the reading in which it watches some. */
export function countsAtOnce({ groupOf, groupsIf }: Check): boolean {
  return groupOf !== undefined && groupsIf === undefined;
}

/** How many sockets of a group are kept. */
export const groupSample = 20;
