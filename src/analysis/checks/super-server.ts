/**
 * Programs that accept connections for others and start a program for each, with the connection as its standard
 * streams.
 */
const superServers = /^(?:(?:openbsd-)?inetd|xinetd|tcpserver|tcpsvd|s6-\S*server\S*)$/;

/** Whether this is the name of such a program. */
export function isSuperServer(name: string): boolean {
  return superServers.test(name);
}
