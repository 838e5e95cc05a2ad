/** Programs that take connections for others and start one for each, whose standard input and output it is. */
const superServers = /^(?:(?:openbsd-)?inetd|xinetd|tcpserver|tcpsvd|s6-\S*server\S*)$/;

/** Whether a program of this name does so. */
export function isSuperServer(name: string): boolean {
  return superServers.test(name);
}
