/** The Internet protocols with socket tables, in listing order. */
export const inetProtocols = ['tcp', 'sctp', 'udp', 'udplite', 'raw'] as const;

/** An Internet protocol with a socket table. */
export type InetProtocol = (typeof inetProtocols)[number];

/** Every protocol with a socket table, in listing order: the Internet's, and the UNIX domain. */
export const allProtocols = [...inetProtocols, 'unix'] as const;

/** A socket table: an Internet protocol, or the UNIX domain. */
export type Protocol = InetProtocol | 'unix';

/** netstat's letters for the tables. */
export const protocolLetters: Readonly<Record<Protocol, string>> = {
  ...{ tcp: 't', udp: 'u', udplite: 'U', sctp: 'S', raw: 'w', unix: 'x' },
};

/** IPv4 and IPv6. */
export type InetFamily = 'inet' | 'inet6';

/** The address family of a socket. */
export type Family = InetFamily | 'unix';
