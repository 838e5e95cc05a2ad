import { addTo } from '../model/add-to.ts';
import { addressBytes, reverseName } from './address.ts';
import { deadlineAfter } from './deadline.ts';
import type { NamingHost, PtrResolver } from './naming-host.ts';

/**
 * Maximum number of open queries, so that slow answers overlap. Do not raise it: with 512, a burst overflows the
 * sockets' buffers (Linux' default) and one query in eight is lost.
 */
const concurrency = 256;

/** What glibc accepts as a host name: letters, digits, `-`, `_` and `.`, at most RFC 1035's 253 characters. */
const hostName = /^[a-z0-9_][a-z0-9_.-]{0,252}$/i;

/**
 * The name in an answer, or null. An address's owner controls its PTR record, so an answer that is not a host name,
 * or that looks like another address, counts as none.
 */
export function acceptedName(answer: readonly string[]): string | null {
  const name = answer[0]?.replace(/\.$/, '') ?? '';
  return hostName.test(name) && addressBytes(name) === null ? name : null;
}

/** A query, and the addresses that it answers. */
type Question = readonly [name: string, addresses: readonly string[]];

/** The queries for these addresses, each once, made only when needed: there may be a hundred thousand. */
function* questionsOf(addresses: ReadonlySet<string>): Generator<Question, undefined> {
  // Only an address written with colons can be another spelling of one.
  const spellings = new Map<string, string[]>();
  for (const address of addresses) {
    const bytes = address.includes(':') ? addressBytes(address) : null;
    if (bytes !== null) addTo(spellings, reverseName(bytes), address);
  }
  for (const address of addresses) {
    const bytes = address.includes(':') ? null : addressBytes(address);
    if (bytes === null) continue;
    const question = reverseName(bytes);
    const same = spellings.get(question) ?? [];
    spellings.delete(question);
    yield [question, [address, ...same]];
  }
  yield* spellings;
}

/**
 * Queries DNS for the names of `addresses` concurrently, each once. Queries still open after `timeoutMs` are
 * abandoned, and their addresses have no name. `onGivenUp` gets those addresses, if there are any.
 */
export async function dnsNames(
  addresses: ReadonlySet<string>,
  timeoutMs: number,
  host: NamingHost,
  onGivenUp: (addresses: readonly string[]) => void = () => {},
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const open = questionsOf(addresses);
  const first = open.next();
  if (first.done || timeoutMs <= 0) return names;

  const resolver = await host.resolver(timeoutMs);
  const deadline = deadlineAfter(timeoutMs);
  let ended = false;
  const unanswered = new Set<string>();
  const askNext = async (begin: IteratorResult<Question, undefined>): Promise<void> => {
    for (let next = begin; !next.done; next = open.next()) {
      const [question, asking] = next.value;
      for (const address of asking) unanswered.add(address);
      const name = await ask(resolver, question);
      if (ended) return;
      if (name === undefined) continue;
      for (const address of asking) {
        unanswered.delete(address);
        if (name !== null) names.set(address, name);
      }
    }
  };
  const lanes = [askNext(first)];
  while (lanes.length < Math.min(concurrency, addresses.size)) lanes.push(askNext(open.next()));
  await Promise.race([Promise.all(lanes), deadline.over]);
  ended = true;
  deadline.stop();
  resolver.cancel();
  for (const [, asking] of open) for (const address of asking) unanswered.add(address);
  if (unanswered.size > 0) onGivenUp([...unanswered]);
  return names;
}

/** The name; null: there is none; undefined: no answer in time. */
async function ask(resolver: PtrResolver, question: string): Promise<string | null | undefined> {
  try {
    return acceptedName(await resolver.resolvePtr(question));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ETIMEOUT' ? undefined : null;
  }
}
