import { highestPort, isPort } from '../address/port.ts';

/** The longest name that is accepted; ssh gets it as one argument. */
const longestName = 512;

/** A user's name, as in Linux, LDAP and Active Directory (through sssd). */
const user = '[A-Za-z0-9_][A-Za-z0-9_.@+-]*';
/** A host name, an alias of ssh_config, or an IPv4 address. */
const host = '[A-Za-z0-9_][A-Za-z0-9_.-]*';
/** An IPv6 address without its zone. One colon is not enough: `10.0.0.1:22`, `db:22`. */
const address6 = '(?:[0-9A-Fa-f.]*:){2}[0-9A-Fa-f:.]*';
const zone = '[A-Za-z0-9_.-]+';
/** As ssh itself takes it: an IPv6 address without brackets, since no port follows. */
const plain = new RegExp(`^(?:${user}@)?(?:${host}|${address6}(?:%${zone})?)$`);
/** ssh's own form with a port. In a URI a zone's `%` is written `%25`, and no other `%` is allowed. */
const uri = new RegExp(
  `^ssh://(?<user>${user}@)?(?:(?<host>${host})|\\[(?<address>${address6})(?:%25(?<zone>${zone}))?\\])(?::(?<port>\\d{1,5}))?/?$`,
);

/**
 * What is wrong with the name of a machine to be asked over ssh, in a few words; null: nothing. A valid name cannot
 * be taken for an option, and is harmless in a shell: ssh inserts it into commands of its configuration
 * (ProxyCommand's `%h`, Match exec).
 */
export function remoteNameProblem(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.length > longestName) return 'it is too long';
  if (name.startsWith('-')) return 'it begins with -, as an option does';
  if (plain.test(name)) return null;
  const groups = uri.exec(name)?.groups;
  if (groups !== undefined) {
    const { port = '22' } = groups;
    return isPort(Number(port)) ? null : `its port is not a number from 1 to ${highestPort}`;
  }
  if (/^(?:[^@]*@)?[A-Za-z0-9_.-]+:\d+$/.test(name)) {
    return `a port requires the form ssh://${name}`;
  }
  if (/^(?:[^@]*@)?\[.*:.*:.*\]/.test(name)) {
    return 'an IPv6 address is written without brackets, or with a port as ssh://[ADDRESS]:PORT';
  }
  if (/[^\0-\x7f]/.test(name)) {
    return 'it contains non-ASCII characters; define an alias in ssh_config (Host, HostName)';
  }
  return 'expected HOST, USER@HOST or ssh://USER@HOST:PORT of letters, digits, and . - _';
}

/**
 * The arguments that name a machine to ssh, after its options. A URI is split here: OpenSSH accepts no IPv6 address in
 * one, in any form, and reads a `+` as a blank.
 * @param name one that `remoteNameProblem` accepts
 */
export function sshDestination(name: string): readonly string[] {
  const groups = uri.exec(name)?.groups;
  if (groups === undefined) return ['--', name];
  const { user = '', host, address = '', zone, port } = groups;
  const place = host ?? (zone === undefined ? address : `${address}%${zone}`);
  return [...(port === undefined ? [] : ['-p', port]), '--', user + place];
}
