import type { PortRange } from '../model/system-facts.ts';

/** Whether a port is one of a range. */
export function isIn({ first, last }: PortRange, port: number): boolean {
  return port >= first && port <= last;
}

/** How many ports of a range can be given to connections: at least one. */
export function portsIn({ first, last }: PortRange, reserved: readonly PortRange[]): number {
  let ports = last - first + 1;
  for (const one of reserved) {
    const from = Math.max(first, one.first);
    const to = Math.min(last, one.last);
    if (from <= to) ports -= to - from + 1;
  }
  return Math.max(ports, 1);
}

/** What connections are given for a local port where the system does not say: RFC 6335, section 6. */
const dynamicPorts: PortRange = { first: 49_152, last: 65_535 };

/** What is known of which ports the system gives away. */
export interface LocalPorts {
  /** null: the system does not say. */
  readonly range: PortRange | null;
  /** Of these, the ones that are never given. */
  readonly reserved: readonly PortRange[];
}

/** Whether the system may have given a port to a socket that asked for none. */
export function isGivenAway({ range, reserved }: LocalPorts, port: number): boolean {
  return isIn(range ?? dynamicPorts, port) && !reserved.some((one) => isIn(one, port));
}
