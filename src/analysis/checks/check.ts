import type { Counter } from '../../model/counter.ts';
import type { Finding } from '../../model/diagnosis.ts';
import type { Glance } from '../../model/glance.ts';
import type { NetInterface } from '../../model/interface.ts';
import type { Route } from '../../model/route.ts';
import type { Service } from '../../model/service.ts';
import type { PlatformName } from '../../model/snapshot.ts';
import type { Protocol, Socket } from '../../model/socket.ts';
import type { SystemFact, SystemFacts } from '../../model/system-facts.ts';

/** A number that a check goes by, which whoever asks can set. */
export interface Threshold {
  readonly value: number;
  /** What it is the least, or the most, of: a phrase that goes on from its name. */
  readonly meaning: string;
  /** What it counts: `%`, `s`; left out: things. */
  readonly unit?: '%' | 's' | 'ms';
}

/** What has to be read for a check. Each costs time. */
export interface CheckNeeds {
  /** Tables whose sockets it looks at; none: it looks at no sockets. */
  readonly protocols: readonly Protocol[];
  /** Of these, servers alone: they are read by themselves, which costs next to nothing. */
  readonly serversOnly?: true;
  /** What the kernel knows of each TCP connection. */
  readonly tcpInfo?: true;
  /** Accept queues with their limits, drops, memory. */
  readonly socketInfo?: true;
  /** Queues, timers: what a platform may lack of the rows themselves. */
  readonly rowFacts?: readonly ('queues' | 'timers')[];
  /** Of the sockets that `ownersOf` names, also what they belong to. */
  readonly workloads?: true;
  /** And how far they can be reached, where the platform tells. */
  readonly exposure?: true;
  /** The counters of -s; `useful`: it says less without them. */
  readonly counters?: true | 'useful';
  /** It compares two readings, a second apart. */
  readonly twoReadings?: true;
  /** Without one of these it cannot run. */
  readonly facts?: readonly SystemFact[];
  /** These say more, where they are known. */
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
  /** The first of them. */
  readonly sockets: readonly Socket[];
}

/** What one look at one network gave a check. */
export interface Look extends Scope {
  /** Those that it watches. */
  readonly sockets: readonly Socket[];
  /** By what it groups them by. */
  readonly groups: ReadonlyMap<string, Group>;
  /** Empty where it needs none. */
  readonly counters: readonly Counter[];
}

/** What is known between two looks at one network. */
export interface Between {
  /** The first look. */
  readonly before: Look;
  /** As they are now; empty where it needs none. */
  readonly counters: readonly Counter[];
  /** How long ago the first look was. */
  readonly seconds: number;
}

/** What a check is given. */
export interface Evidence extends Look {
  readonly platform: PlatformName;
  /** The look before, where it compares two. */
  readonly before: Look | null;
  /** How long ago that was; 0: there was none. */
  readonly seconds: number;
  readonly routes: readonly Route[];
  readonly interfaces: readonly NetInterface[];
  /** What is known of the one service that was asked about; null: about none. */
  readonly service: Service | null;
  /** The protocols and families, where only some were asked for, that the service was looked for in: `UDP over IPv6`. */
  readonly onlyIn: string | null;
}

/** What a check found; who holds the sockets is added to it. */
export interface Draft
  extends Pick<
    Finding,
    ('severity' | 'certainty' | 'title' | 'observations' | 'seen') | 'sockets' | 'why' | 'remedy'
  > {
  /** How many there are, where that is more than `sockets` are. */
  readonly socketCount?: number;
  /** Processes that it is about, where that is not who holds the sockets. */
  readonly processes?: readonly { readonly pid: number; readonly program: string | null }[];
  /** Of a command line that lists the sockets, what follows the program's name; null: none would. */
  readonly command: readonly string[] | null;
}

/** The numbers that a check goes by, as they are set. */
export type Settings<Name extends string = string> = Readonly<Record<Name, number>>;

/** Something that is looked for. */
export interface Check<Name extends string = string> {
  /** Words joined by hyphens, two at least: by that it is told from an expression. */
  readonly name: string;
  /** What it finds: one line, no full stop. */
  readonly summary: string;
  /** How it decides, and what it stays silent on: whole sentences; what is to be typed stands between backticks. */
  readonly details: string;
  /**
   * `sockets`: filters narrow what it looks at. `network`: about a network as a whole, `machine`: about the
   * machine; where sockets are chosen it runs only if it is named. `service`: about one service, and runs only where
   * one is asked about.
   */
  readonly about: 'sockets' | 'network' | 'machine' | 'service';
  /** It looks at the sockets of all network namespaces together, not of each by itself. */
  readonly spans?: true;
  readonly thresholds: Readonly<Record<Name, Threshold>>;
  readonly needs: CheckNeeds;
  /** Which sockets it wants to see. Asked of every socket: it has to be quick. */
  watches?(socket: Socket, scope: Scope): boolean;
  /**
   * The same of what is told before a row is made: false only where it would not watch the row. A check without it
   * has rows made of every connection.
   */
  glances?(glance: Glance, scope: Scope): boolean;
  /**
   * Of a check that compares: whether sockets of the second look can tell it anything. Where no check says so they
   * are not read. Left out: they always can.
   */
  again?(between: Between, settings: Settings<Name>): boolean;
  /** What it counts sockets by, without seeing them; null: it does not count this one. */
  groupOf?(socket: Socket, scope: Scope): string | null;
  /**
   * Whether it is worth to read the sockets once more, for groups. `most`: no group of the connections that
   * `tallies` chooses is larger; null: not known.
   */
  groupsIf?(scope: Scope, settings: Settings<Name>, most: number | null): boolean;
  /** Which connections are counted by their paths, for `groupsIf`. */
  tallies?(glance: Glance, scope: Scope): boolean;
  /** Of the sockets that it sees, those whose owners it has to know. Left out: none. */
  ownersOf?(look: Look, settings: Settings<Name>): readonly Socket[];
  /** Pure: the same evidence, the same findings. */
  find(evidence: Evidence, settings: Settings<Name>): readonly Draft[];
}

/** Lets the compiler hold a check's settings to its thresholds. */
export function check<Name extends string>(one: Check<Name>): Check {
  return one as unknown as Check;
}

/** How many sockets of a group are kept. */
export const groupSample = 20;
