import type { Warning } from '../model/snapshot.ts';

/** What a look at a listing found. */
export interface Look {
  /** There is a row. */
  readonly isThere: boolean;
  /** What could not be read or seen: where there is no row, there may be one after all. */
  readonly unseen: readonly Warning[];
}

/** What warnings say is left unseen. A table that a kernel lacks is not: it has no such sockets. */
export function unseenIn(warnings: readonly Warning[]): readonly Warning[] {
  return warnings.filter(({ code }) => code !== 'absent');
}

/** netstat's default lists no servers, which is not what whoever names a port expects. */
export function leftOutText(servers: number): string {
  const what = servers === 1 ? '1 server that fits is' : `${servers} servers that fit are`;
  return `${what} left out; -l lists servers, -a servers and the rest`;
}

/** Numbers where names were wanted are no fault of the addresses. `timeout`: in milliseconds. */
export function givenUpText(addresses: number, timeout: number): string {
  const what =
    addresses === 1 ? '1 address shows as a number' : `${addresses} addresses show as numbers`;
  return `${what}: no answer within ${timeout / 1000} s (--resolve-timeout)`;
}
