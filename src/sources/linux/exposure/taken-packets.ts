import { bothOf, type PacketMatch } from './packet-match.ts';

/** The packets that earlier rules take, so that later ones do not see them. */
export interface TakenPackets {
  add(match: PacketMatch): void;
  /** Whether all packets of a match are taken. False if that is not known. */
  has(match: PacketMatch): boolean;
}

/** The most matches of several ports that are compared; further ones are taken for rules that take nothing. */
const mostWide = 256;

/** Collects matches. Those of a single port, of which there may be thousands, are found by it. */
export function takenPackets(): TakenPackets {
  const byPort = new Map<number, PacketMatch[]>();
  const wide: PacketMatch[] = [];
  return {
    add(match) {
      // One with a condition that is not known takes only some of the packets.
      if (!match.isExact) return;
      const port = onlyPort(match);
      if (port === null) {
        if (wide.length < mostWide) wide.push(match);
        return;
      }
      const same = byPort.get(port);
      if (same === undefined) byPort.set(port, [match]);
      else if (same.length < mostWide) same.push(match);
    },
    has(match) {
      const port = onlyPort(match);
      const isIn = (one: PacketMatch) => covers(one, match);
      return wide.some(isIn) || (port !== null && byPort.get(port)?.some(isIn) === true);
    },
  };
}

/** Packets that have gone another way, at least some of each match. */
export interface PartedPackets {
  add(match: PacketMatch): void;
  /** Whether some packets of a match may be among them. */
  mayHave(match: PacketMatch): boolean;
}

/** Collects matches; with too many of them any packet may be among them. */
export function partedPackets(): PartedPackets {
  const all: PacketMatch[] = [];
  return {
    add(match) {
      if (all.length < mostWide) all.push(match);
    },
    mayHave: (match) => all.length === mostWide || all.some((one) => mayMeet(one, match)),
  };
}

/** Whether a packet may match both. */
function mayMeet(one: PacketMatch, other: PacketMatch): boolean {
  const isApart = (a: PacketMatch, b: PacketMatch) =>
    a.conditions.some((condition) => b.conditions.includes(`! ${condition}`));
  return bothOf(one, other) !== null && !isApart(one, other) && !isApart(other, one);
}

function onlyPort({ ports }: PacketMatch): number | null {
  const [range, another] = ports ?? [];
  return range !== undefined && another === undefined && range.first === range.last
    ? range.first
    : null;
}

/** Whether every packet of another match is one of this match. */
function covers(one: PacketMatch, other: PacketMatch): boolean {
  return (
    (one.protocol === null || one.protocol === other.protocol) &&
    (one.destination === null || one.destination === other.destination) &&
    (!one.isOwn || other.isOwn) &&
    one.conditions.every((condition) => other.conditions.includes(condition)) &&
    (one.ports === null ||
      (other.ports?.every(({ first, last }) =>
        one.ports?.some((range) => range.first <= first && last <= range.last),
      ) ??
        false))
  );
}
