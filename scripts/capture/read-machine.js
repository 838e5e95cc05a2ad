import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness, release } from 'node:os';

/**
 * A capture: `facts` for capture.json, `files` by path under the capture, `links` by process (and `self`) for
 * PID/links.json, and `notes` on what had to be left out.
 */

/** The socket tables, and the index of the inode field in their rows. */
const inodeField = {
  ...Object.fromEntries(
    ['tcp', 'udp', 'udplite', 'raw'].flatMap((name) => [
      [name, 9],
      [`${name}6`, 9],
    ]),
  ),
  unix: 6,
  'sctp/eps': 7,
  'sctp/assocs': 10,
};
const reportTables = [
  ...['route', 'ipv6_route', 'fib_trie', 'dev', 'if_inet6', 'igmp', 'igmp6'],
  ...['snmp', 'snmp6', 'netstat', 'sctp/snmp'],
];
const linkFacts = [
  ...['ifindex', 'mtu', 'flags', 'type', 'address', 'tx_queue_len', 'operstate'],
  'brport/port_no',
];

/** File names that Windows does not allow. */
const oddName = /[<>:"/\\|?*\u0000-\u001f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Reads the machine whose /proc is at `root`; `pid` names another network namespace. */
export function readMachine(root, pid) {
  const notes = [];
  const files = new Map();
  const net = pid === null ? `${root}/net` : `${root}/${pid}/net`;
  for (const table of [...Object.keys(inodeField), ...reportTables]) {
    const bytes = readIfThere(`${net}/${table}`, notes);
    if (bytes !== null) files.set(`net/${table}`, bytes);
  }
  if (files.size === 0) throw new Error(`${net}: not one table there; is ${root} a /proc?`);
  const sys = pid === null ? `${root}/../sys` : `${root}/${pid}/root/sys`;
  readLinkFacts(`${sys}/class/net`, files, notes);

  const wanted = socketInodes(files);
  const links = new Map([['self', { exe: null, fd: {}, ns: namespacesOf(root) }]]);
  for (const id of processIds(root)) readProcess(root, id, wanted, files, links);
  const byteOrder = endianness() === 'LE' ? 'little' : 'big';
  return { facts: { version: 1, byteOrder, kernel: release() }, files, links, notes };
}

function readIfThere(path, notes) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code !== 'ENOENT') notes.push(`${path} left out: ${error.code}`);
    return null;
  }
}

/** /sys shows the network namespace that it was mounted in: used only if it has the same devices. */
function readLinkFacts(folder, files, notes) {
  const devices = deviceNames(files.get('net/dev'));
  let there;
  try {
    there = readdirSync(folder);
  } catch {
    return;
  }
  if (!devices.every((name) => there.includes(name))) return;
  for (const name of devices) {
    if (oddName.test(name)) {
      notes.push(`${folder}/${name} left out: not every file system can hold the name`);
      continue;
    }
    for (const fact of linkFacts) {
      const bytes = readIfThere(`${folder}/${name}/${fact}`, []);
      if (bytes !== null) files.set(`sys/class/net/${name}/${fact}`, bytes);
    }
  }
}

function deviceNames(dev) {
  const lines = (dev?.toString('latin1') ?? '').split('\n').slice(2);
  return lines.flatMap((line) => /^ *(.+):/.exec(line)?.[1] ?? []);
}

/** The inodes in the socket tables. */
function socketInodes(files) {
  const inodes = Object.entries(inodeField).flatMap(([table, field]) => {
    const lines = (files.get(`net/${table}`)?.toString('latin1') ?? '').split('\n');
    return lines.flatMap((line) => line.trim().split(/ +/)[field] ?? []);
  });
  return new Set(inodes);
}

function namespacesOf(root) {
  try {
    return { pid: readlinkSync(`${root}/self/ns/pid`) };
  } catch {
    return {};
  }
}

function processIds(root) {
  const names = readdirSync(root).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

/** Keeps a process that holds one of the sockets, or whose descriptors are unreadable. */
function readProcess(root, id, wanted, files, links) {
  const folder = `${root}/${id}`;
  const fd = descriptorsOf(folder);
  if (fd === undefined) return;
  const holdsOne = (target) => wanted.has(/^socket:\[(\d+)\]$/.exec(target)?.[1]);
  if (fd !== null && !Object.values(fd).some(holdsOne)) return;
  links.set(id, { exe: linkOf(`${folder}/exe`), fd });
  for (const name of ['cmdline', 'comm']) {
    const bytes = readIfThere(`${folder}/${name}`, []);
    if (bytes !== null) files.set(`${id}/${name}`, bytes);
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/** undefined: the process has ended. null: access denied. */
function descriptorsOf(folder) {
  try {
    const names = readdirSync(`${folder}/fd`).sort((a, b) => Number(a) - Number(b));
    const pairs = names.map((name) => [name, linkOf(`${folder}/fd/${name}`)]);
    return Object.fromEntries(pairs.filter(([, target]) => target !== null));
  } catch (error) {
    return error.code === 'EACCES' || error.code === 'EPERM' ? null : undefined;
  }
}
