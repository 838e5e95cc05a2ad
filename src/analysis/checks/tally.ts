import { highestPort } from '../../model/address/port.ts';
import type { Glance } from '../../model/socket/glance.ts';

/** Notes the local ports of connections in little memory. */
export interface Tally {
  add(glance: Glance): void;
  /** How many different ones there are: no address and no destination has more. */
  ports(): number;
}

/** A tally of no connections yet. */
export function tally(): Tally {
  const isSeen = new Uint8Array(highestPort + 1);
  return {
    add({ localPort }) {
      isSeen[localPort] = 1;
    },
    ports: () => isSeen.reduce((ports, one) => ports + one, 0),
  };
}
