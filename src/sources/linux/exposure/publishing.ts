import { existsSync } from 'node:fs';
import type { PublishedPort } from '../../../model/exposure.ts';
import type { Netns } from '../../../model/netns.ts';
import { systemPath } from '../../../model/system-path.ts';
import { fibTrieLines } from '../fib-trie.ts';
import { parseIfInet6 } from '../interfaces/inet6.ts';
import type { FoundNamespaces, Namespace } from '../namespaces/find-namespaces.ts';
import { type Machine, namedNamespaces } from '../namespaces/in-namespaces.ts';
import type { Proc } from '../proc/proc.ts';
import { runProgram } from '../run-program.ts';
import { publishedByProxies } from './docker-proxy.ts';
import { type RunProgram, readFirewall } from './firewall.ts';
import { publishedBy } from './port-rule.ts';
import type { Publishing } from './sockets-with-exposure.ts';

/** What is known of ports that lead into other network namespaces, and who lives there. `path`: PATH. */
export async function publishingOf(
  machine: Machine,
  path: string | undefined,
): Promise<Publishing> {
  const { proc } = machine;
  const { rules, doubt } = await firewallOf(proc, path);
  const ports = onceEach([...publishedByProxies(proc), ...publishedBy(rules)]);
  const others = othersOf(proc, await namedNamespaces(machine));
  return {
    ports: await withWorkloads(ports, others, machine),
    doubt,
    addressesOf: (netns) => sameAs(netns, others)?.addresses() ?? null,
  };
}

/** Of another machine, or another network than the own, no program here tells the rules. */
async function firewallOf(proc: Proc, path: string | undefined) {
  if (!proc.isOwn || !proc.isLive) {
    return {
      rules: [],
      doubt: "the firewall's rules are told of a live machine's own network alone",
    };
  }
  const folders = systemPath(path).split(':');
  const run: RunProgram = async (program, args, limit) => {
    const found = folders.map((folder) => `${folder}/${program}`).find((file) => existsSync(file));
    return found === undefined ? null : runProgram([found, ...args], limit);
  };
  return readFirewall(proc, run);
}

/** A rule and a docker-proxy may stand for the same port. */
function onceEach(ports: readonly PublishedPort[]): readonly PublishedPort[] {
  const key = ({ protocol, hostAddress, hostPort, address, port }: PublishedPort) =>
    [protocol, hostAddress, hostPort, address, port].join(' ');
  return [...new Map(ports.map((port) => [key(port), port])).values()];
}

/** Another network namespace and, looked at when they are wanted, its addresses. */
interface Other {
  readonly of: Namespace;
  addresses(): ReadonlySet<string> | null;
}

function othersOf(proc: Proc, { namespaces }: FoundNamespaces): readonly Other[] {
  return namespaces
    .filter(({ isBase }) => !isBase)
    .map((of) => {
      let addresses: ReadonlySet<string> | null | undefined;
      return {
        of,
        addresses() {
          if (addresses === undefined) addresses = addressesIn(proc, of);
          return addresses;
        },
      };
    });
}

/** Which of these a row's namespace is: by its number, else by a name that only one of them has. */
function sameAs({ inode, name }: Netns, others: readonly Other[]): Other | undefined {
  const [one, another] = others.filter(({ of: { netns } }) =>
    inode === null || netns.inode === null
      ? name !== null && netns.name === name
      : netns.inode === inode,
  );
  return another === undefined ? one : undefined;
}

/** The addresses of a namespace, from the files of a process in it; null: no process tells. */
function addressesIn(proc: Proc, { pids }: Namespace): ReadonlySet<string> | null {
  for (const pid of pids) {
    try {
      const addresses = new Set<string>();
      const read = fibTrieLines();
      for (const line of proc.readFile(`${pid}/net/fib_trie`).toString('latin1').split('\n')) {
        const told = read(line);
        if (told?.kind === 'local') addresses.add(told.address);
      }
      for (const address of inet6In(proc, pid)) addresses.add(address);
      return addresses;
    } catch {
      // It has ended, or may not be looked at; another may tell.
    }
  }
  return null;
}

/** Without IPv6 there is no such file. */
function inet6In(proc: Proc, pid: number): readonly string[] {
  try {
    const text = proc.readFile(`${pid}/net/if_inet6`).toString('latin1');
    return parseIfInet6(text).rows.map(({ address }) => address.address);
  } catch {
    return [];
  }
}

/** The ports with the workload that lives at each address, where it is in one namespace alone. */
async function withWorkloads(
  ports: readonly PublishedPort[],
  others: readonly Other[],
  { labels }: Machine,
): Promise<readonly PublishedPort[]> {
  const firstOf = new Map<string, number>();
  for (const { address } of ports) {
    const there = others.filter((other) => other.addresses()?.has(address));
    const pid = there.length === 1 ? there[0]?.of.pids[0] : undefined;
    if (pid !== undefined) firstOf.set(address, pid);
  }
  const known = await labels([...new Set(firstOf.values())]);
  return ports.map((port) => ({
    ...port,
    workload: known.get(firstOf.get(port.address) ?? 0) ?? null,
  }));
}
