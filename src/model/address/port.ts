/** The highest port of TCP, UDP and SCTP: 16 bits. */
export const highestPort = 65_535;

/** Whether a value is a port's number. Port 0 is none: a program asks for any port with it. */
export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= highestPort;
}

/** The same, and 0. */
export function isPortOrZero(value: unknown): value is number {
  return value === 0 || isPort(value);
}

/** Ports, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Whether a port is in the range. */
export function isInRange({ first, last }: PortRange, port: number): boolean {
  return first <= port && port <= last;
}
