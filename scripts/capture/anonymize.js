import { addressInventor } from './invented-addresses.js';
import { wordInventor } from './invented-words.js';

/** The lowest UID of a person; lower ones are the system's. */
const firstUser = 1000;
const nobody = 65534;

/** The same machine with made-up addresses, names and users. */
export function anonymized(machine) {
  const little = machine.facts.byteOrder === 'little';
  const words = wordInventor();
  const addresses = addressInventor();
  const users = new Map();

  /** `digits` as /proc/net prints them: 32-bit words in host byte order. */
  function hostOrder(digits) {
    const swap = (text) => (little ? text.replace(/(..)(..)(..)(..)/g, '$4$3$2$1') : text);
    const network = swap(digits.toLowerCase());
    return swap(network.length === 8 ? addresses.ipv4(network) : addresses.ipv6(network));
  }
  const upper = (digits) => hostOrder(digits).toUpperCase();

  function user(field) {
    const uid = Number(field);
    if (uid < firstUser || uid >= nobody) return field;
    if (!users.has(uid)) users.set(uid, firstUser + users.size);
    return String(users.get(uid)).padStart(field.length);
  }

  function ipv4Text(text) {
    const digits = text.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
    return addresses
      .ipv4(digits.join(''))
      .match(/../g)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  }

  /** The kernel's full form: eight groups of four digits. */
  const ipv6Text = (text) => addresses.ipv6(text.replaceAll(':', '')).match(/..../g).join(':');

  const inet = (text) =>
    text.replace(
      /^( *\d+: )([0-9A-F]+)(:[0-9A-F]+ )([0-9A-F]+)(:[0-9A-F]+ .{2} \S+ \S+ \S+)( +\d+)/gm,
      (_, sl, local, port, remote, rest, uid) =>
        sl + upper(local) + port + upper(remote) + rest + user(uid),
    );
  const unix = (text) =>
    text.replace(
      /\n([0-9a-f]+: [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ [0-9A-F]+ +\d+)?([^\n]*)/g,
      (_, row = '', path) => `\n${row}${words(path)}`,
    );
  const sctp = (text) =>
    text
      .replace(/\d+\.\d+\.\d+\.\d+/g, ipv4Text)
      .replace(/(?:[0-9a-f]{4}:){7}[0-9a-f]{4}/g, ipv6Text);
  const route = (text) =>
    text.replace(
      /^(\S+\t)([0-9A-F]{8})\t([0-9A-F]{8})/gm,
      (_, name, to, gateway) => `${name}${upper(to)}\t${upper(gateway)}`,
    );
  const networkOrder = (text) => text.replace(/\b[0-9a-f]{32}\b/g, addresses.ipv6);
  const fibTrie = (text) => text.replace(/\d+\.\d+\.\d+\.\d+/g, ipv4Text);

  /** @type {[path: RegExp, (text: string) => string][]} */
  const rules = [
    [/^net\/(tcp|udp|udplite|raw)6?$/, inet],
    [/^net\/unix$/, unix],
    [/^net\/sctp\//, sctp],
    [/^net\/route$/, route],
    [/^net\/(ipv6_route|if_inet6|igmp6)$/, networkOrder],
    [/^net\/fib_trie$/, fibTrie],
    [
      /^sys\/class\/net\/.*\/address$/,
      (text) => text.replace(/[0-9a-f:]{11,}/, addresses.hardware),
    ],
    [/^\d+\/(cmdline|comm)$/, words],
  ];
  const files = new Map();
  for (const [path, bytes] of machine.files) {
    const rule = rules.find(([pattern]) => pattern.test(path))?.[1];
    const text = bytes.toString('latin1');
    files.set(path, rule === undefined ? bytes : Buffer.from(rule(text), 'latin1'));
  }
  return { ...machine, files, links: anonymousLinks(machine.links, words) };
}

/** Only paths contain names; other targets of a descriptor (`socket:[1]`) are the kernel's. */
function anonymousLinks(links, words) {
  const path = (text) =>
    Buffer.from(words(Buffer.from(text).toString('latin1')), 'latin1').toString();
  const invented = (target) => (target?.startsWith('/') ? path(target) : target);
  return new Map(
    [...links].map(([id, { exe, fd, ...rest }]) => [
      id,
      {
        exe: invented(exe),
        fd: fd && Object.fromEntries(Object.entries(fd).map(([n, to]) => [n, invented(to)])),
        ...rest,
      },
    ]),
  );
}
