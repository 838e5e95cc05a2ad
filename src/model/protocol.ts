/** The Internet protocols with socket tables, in listing order. */
export const inetProtocols = ['tcp', 'sctp', 'udp', 'udplite', 'raw'] as const;

/** An Internet protocol with a socket table. */
export type InetProtocol = (typeof inetProtocols)[number];

/** Every protocol with a socket table, in listing order: the Internet's, and the UNIX domain. */
export const allProtocols = [...inetProtocols, 'unix'] as const;

/** A socket table: an Internet protocol, or the UNIX domain. */
export type Protocol = InetProtocol | 'unix';

/** Whether only UNIX sockets are asked for. */
export function isUnixAlone(protocols: readonly Protocol[]): boolean {
  return protocols.every((protocol) => protocol === 'unix');
}

/** Protocols as a text names their sockets: `TCP and UDP`; `Internet` for all but UNIX. */
export function protocolTitle(protocols: readonly Protocol[]): string {
  const isInternet = inetProtocols.every((one) => protocols.includes(one));
  if (isInternet && !protocols.includes('unix')) return 'Internet';
  const titles: Partial<Record<Protocol, string>> = { udplite: 'UDP-Lite', raw: 'raw' };
  const names = protocols.map((one) => titles[one] ?? one.toUpperCase());
  return names.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

/** netstat's letters for the tables. */
export const protocolLetters: Readonly<Record<Protocol, string>> = {
  ...{ tcp: 't', udp: 'u', udplite: 'U', sctp: 'S', raw: 'w', unix: 'x' },
};

/** The flag that selects a table. */
export function protocolFlag(protocol: Protocol): string {
  return `-${protocolLetters[protocol]}`;
}

/** IPv4 and IPv6. */
export type InetFamily = 'inet' | 'inet6';

/** The address family of a socket. */
export type Family = InetFamily | 'unix';

/** The words for each family, its own name first: net-tools', and what other tools and people call it. */
export const familySpellings: Readonly<
  Record<Family, { readonly netTools: readonly string[]; readonly others: readonly string[] }>
> = {
  inet: { netTools: ['inet', 'ip', 'tcpip'], others: ['ipv4', 'ip4', 'inet4'] },
  inet6: { netTools: ['inet6'], others: ['ipv6', 'ip6'] },
  unix: { netTools: ['unix', 'local'], others: [] },
};

/** The family that a word, in lower case, stands for; undefined: none. */
export function familyNamed(word: string): Family | undefined {
  return (Object.keys(familySpellings) as Family[]).find((family) => {
    const { netTools, others } = familySpellings[family];
    return netTools.includes(word) || others.includes(word);
  });
}
