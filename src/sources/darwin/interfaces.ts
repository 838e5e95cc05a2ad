import { errorNaming } from '../../errors.ts';
import { canonicalAddress } from '../../model/address/read.ts';
import { inet6Scope } from '../../model/address/text.ts';
import type { InterfaceAddress, NetInterface, Traffic } from '../../model/machine/interface.ts';
import { flagBits } from '../../model/machine/interface-flags.ts';
import type { InetFamily } from '../../model/protocol.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import { parseNetwork4, parseNetwork6, splitZone, withoutEmbeddedScope } from './address.ts';
import { badLines, type Parsed, unknownTable, words } from './text.ts';

const front = ['Name', 'Mtu', 'Network', 'Address'];
/** The counters that -i can show; with -b, -d, -t and -F (intpr in if.c). */
const counters = [
  'Ipkts',
  'Ierrs',
  'Ibytes',
  'Opkts',
  'Oerrs',
  'Obytes',
  'Coll',
  'Time',
  'Drop',
  'Fpkts',
  'Fbytes',
];
/** The digits of a 64-bit number. */
const longestCounter = 20;
/** The names that the kernel's own driver gives its interfaces; no other driver does. */
const loopbackName = /^lo\d+$/;

/** Without -l (and on 10.x even with it) these columns are too narrow for the longest values. */
const narrow = { network4: 13, network6: 11, address6: 17, nextColumn: 20 };

interface Columns {
  readonly names: readonly string[];
  readonly pattern: RegExp;
  /** The width of the name column; a name that fills it may be cut. */
  readonly nameWidth: number;
}

/** An interface whose lines are being read. */
interface Draft {
  readonly facts: Omit<NetInterface, 'addresses'>;
  readonly addresses: InterfaceAddress[];
}

/**
 * Parses `netstat -in`, preferably with `-bdl`. Each interface has a line of its own (`<Link#N>`), followed by one for
 * each address. netstat reports no flags except whether the interface is up, and no kind; a loopback interface is
 * recognized by its name.
 * @param source the command, for warnings.
 * @throws NetstatError `unrecognized` for a header of no known release; `unreadable` for no output: every Mac has lo0,
 * and netstat returns without a word if the kernel refuses the list (intpr in if.c).
 */
export function parseInterfaces(
  text: string,
  source: string,
  families: readonly InetFamily[] = ['inet', 'inet6'],
): Parsed<NetInterface> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [header] = lines;
  if (header === undefined) {
    throw errorNaming('unreadable', source, 'printed no interfaces, not even lo0');
  }
  const columns = readHeader(header, source);

  const drafts: Draft[] = [];
  const bad = badLines(source);
  let cutNames = 0;
  let cutAddresses = 0;
  for (const line of lines.slice(1)) {
    const groups = columns.pattern.exec(line)?.groups;
    const name = groups?.name?.replace(/\*$/, '') ?? '';
    const current = drafts.at(-1);
    const index = /^<Link#(\d+)>$/.exec(groups?.network ?? '')?.[1];
    if (groups === undefined) {
      bad.add(line);
    } else if (index !== undefined) {
      drafts.push({ facts: factsOf(name, Number(index), groups, columns), addresses: [] });
      // The star of an interface that is down comes last: if it is visible, the name is whole.
      if (name === groups.name && name.length >= columns.nameWidth) cutNames++;
    } else if (current?.facts.name === name) {
      const address = addressOf(groups);
      if (address === 'cut') cutAddresses++;
      else if (address === null) bad.add(line);
      else if (families.includes(address.family)) current.addresses.push(address);
    } else {
      bad.add(line);
    }
  }
  return {
    rows: drafts.map(({ facts, addresses }) => ({ ...facts, addresses })),
    warnings: [
      ...bad.warnings(),
      ...cutWarning(cutNames, 'interface names may be', 'truncated', source),
      ...cutWarning(cutAddresses, 'addresses are', 'truncated and left out', source),
    ],
  };
}

function readHeader(header: string, source: string): Columns {
  const all = words(header);
  const names = all.slice(front.length);
  const shown = counters.filter((name) => names.includes(name));
  const known =
    front.every((name, at) => all[at] === name) &&
    names.length > 0 &&
    shown.join() === names.join();
  if (!known) throw unknownTable(source, header);
  const number = `(?:-?\\d{1,${longestCounter}}|-)`;
  const numbers = `(?<numbers>${number}(?:\\s+${number}){${names.length - 1}})`;
  const network = '(?<network>\\S+)(?<gap>\\s+)(?:(?<address>\\S+)\\s+)?';
  return {
    names,
    pattern: new RegExp(`^(?<name>\\S+)\\s+(?<mtu>\\d+)\\s+${network}${numbers}\\s*$`),
    nameWidth: header.indexOf('Mtu') - 1,
  };
}

type Groups = Readonly<Record<string, string | undefined>>;

function factsOf(name: string, index: number, groups: Groups, columns: Columns): Draft['facts'] {
  const values = words(groups.numbers ?? '');
  const count = (counter: string) => {
    const text = values[columns.names.indexOf(counter)];
    // A negative number is not a count; a dash means that there is none.
    return text === undefined || text.startsWith('-') ? null : BigInt(text);
  };
  const up = !(groups.name ?? '').endsWith('*');
  const unknown = { dropped: null, overruns: null, frameOrCarrier: null };
  const received: Traffic = {
    ...unknown,
    bytes: count('Ibytes'),
    packets: count('Ipkts'),
    errors: count('Ierrs'),
  };
  const sent: Traffic = {
    ...unknown,
    bytes: count('Obytes'),
    packets: count('Opkts'),
    errors: count('Oerrs'),
    dropped: count('Drop'),
  };
  const hardware = groups.address ?? '';
  const isLoopback = loopbackName.test(name);
  const flags = [...(up ? ['UP'] : []), ...(isLoopback ? ['LOOPBACK'] : [])];
  return {
    name,
    index,
    mtu: Number(groups.mtu),
    flags,
    flagBits: flagBits(flags),
    linkType: linkTypeOf(hardware, isLoopback),
    hardwareAddress: /^[0-9a-f]{2}(:[0-9a-f]{2})*$/.test(hardware) ? hardware : null,
    txQueueLength: null,
    collisions: count('Coll'),
    multicast: null,
    compressedReceived: null,
    compressedSent: null,
    received,
    sent,
  };
}

/** ifconfig prints `ether` for every address of six bytes; other kinds of links are not reported. */
function linkTypeOf(hardware: string, isLoopback: boolean): string | null {
  if (isLoopback) return 'Local Loopback';
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(hardware) ? 'Ethernet' : null;
}

/** Parses an address line; `cut` if a column may be too narrow for the whole value; null if it is malformed. */
function addressOf(groups: Groups): InterfaceAddress | 'cut' | null {
  const { network = '', gap = '', address: text = '' } = groups;
  const wide = network.length + gap.length >= narrow.nextColumn;
  if (text.includes(':')) {
    if (!wide && (network.length >= narrow.network6 || text.length >= narrow.address6))
      return 'cut';
    const address = canonicalAddress(splitZone(text).address);
    const net = parseNetwork6(network);
    if (address === null || net === null) return null;
    const bare = withoutEmbeddedScope(address);
    return {
      family: 'inet6',
      address: bare,
      prefixLength: net.prefixLength,
      broadcast: null,
      peer: null,
      scope: inet6Scope(bare),
    };
  }
  if (!wide && network.length >= narrow.network4) return 'cut';
  const address = canonicalAddress(text);
  const net = parseNetwork4(network);
  if (address === null || net === null) return null;
  return {
    family: 'inet',
    address,
    prefixLength: net.prefixLength,
    broadcast: null,
    peer: null,
    scope: null,
  };
}

function cutWarning(count: number, what: string, how: string, source: string): Warning[] {
  if (count === 0) return [];
  return [{ code: 'cut', message: `${source}: ${count} ${what} ${how}`, source }];
}
