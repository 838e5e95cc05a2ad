import { isLoopback } from '../model/address/read.ts';
import type { SystemValues } from '../model/machine/system-facts.ts';
import type { InetSocket } from '../model/socket/socket.ts';

/** The settings that decide whether connect(2) reuses ports; undefined or null: not known. */
export type ReuseSettings = {
  readonly [Fact in 'timeWaitReuse' | 'tcpTimestamps']?: SystemValues[Fact] | null | undefined;
};

/** The setting without which connections have no timestamps. */
export const timestampsOn = 'net.ipv4.tcp_timestamps=1';

/**
 * The settings that prevent connect(2) from reusing a port in TIME_WAIT that is older than a second, with the values that
 * they need; empty: it does. tcp_twsk_unique in net/ipv4/tcp_ipv4.c. `overLoopback`: as in `isOverLoopback`.
 */
export function reuseLacks(
  { timeWaitReuse, tcpTimestamps }: ReuseSettings,
  overLoopback: boolean,
): readonly string[] {
  return [
    ...(timeWaitReuse === 1 || (timeWaitReuse === 2 && overLoopback)
      ? []
      : ['net.ipv4.tcp_tw_reuse=1']),
    ...(tcpTimestamps === 0 ? [timestampsOn] : []),
  ];
}

/** Whether one end of a connection is at a loopback address. */
export function isOverLoopback({ local, remote }: Pick<InetSocket, 'local' | 'remote'>): boolean {
  return isLoopback(local.address) || isLoopback(remote.address);
}

/** Which connections in TIME_WAIT have ports that connect(2) reuses. */
export function reusable(
  settings: ReuseSettings,
): (connection: Pick<InetSocket, 'local' | 'remote' | 'state'>) => boolean {
  const [everywhere, onLoopback] = [false, true].map(
    (one) => reuseLacks(settings, one).length === 0,
  );
  return (connection) =>
    connection.state === 'TIME_WAIT' &&
    (everywhere === true || (onLoopback === true && isOverLoopback(connection)));
}
