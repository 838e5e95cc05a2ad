import { addTo } from '../model/add-to.ts';
import { addressBytes, reverseName } from './address.ts';
import type { NamingHost, PtrResolver } from './naming-host.ts';

/**
 * Questions open at a time, so that slow answers overlap. Load-bearing: with 512, a burst overflows
 * the sockets' buffers (Linux' default) and one question in eight is lost.
 */
const concurrency = 256;

/** Letters, digits, `-`, `_` and `.`, at most RFC 1035's 253 characters: what glibc takes for a name. */
const hostName = /^[a-z0-9_][a-z0-9_.-]{0,252}$/i;

/**
 * The name that an answer gives, or null. The owner of an address writes its PTR record, so an
 * answer that is no host name, or that looks like another address, counts as none.
 */
export function acceptedName(answer: readonly string[]): string | null {
  const name = answer[0]?.replace(/\.$/, '') ?? '';
  return hostName.test(name) && addressBytes(name) === null ? name : null;
}

/** Resolves after `ms`; `stop` ends the wait early. */
function wait(ms: number): { over: Promise<void>; stop(): void } {
  let stop = () => {};
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, stop };
}

/** A question, and the addresses that it is about. */
type Question = readonly [name: string, addresses: readonly string[]];

/** The questions for these addresses, each once and when it is wanted: there may be a hundred thousand. */
function* questionsOf(addresses: ReadonlySet<string>): Generator<Question, undefined> {
  // Only what is written with colons can be another spelling of an address.
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
 * Asks DNS for the names of `addresses` at the same time, each once. What has not been answered when
 * `timeoutMs` have passed is given up: it has no name, like what has none. `onGivenUp` is told of how many
 * addresses that is, where there are any.
 */
export async function dnsNames(
  addresses: ReadonlySet<string>,
  timeoutMs: number,
  host: NamingHost,
  onGivenUp: (addresses: number) => void = () => {},
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const open = questionsOf(addresses);
  const first = open.next();
  if (first.done || timeoutMs <= 0) return names;

  const deadline = wait(timeoutMs);
  const resolver = await host.resolver(timeoutMs);
  let ended = false;
  let unanswered = 0;
  const askInTurn = async (begin: IteratorResult<Question, undefined>): Promise<void> => {
    for (let next = begin; !next.done; next = open.next()) {
      const [question, asking] = next.value;
      unanswered += asking.length;
      const name = await ask(resolver, question);
      if (ended) return;
      if (name !== undefined) unanswered -= asking.length;
      if (name != null) {
        for (const address of asking) names.set(address, name);
      }
    }
  };
  const lanes = [askInTurn(first)];
  while (lanes.length < Math.min(concurrency, addresses.size)) lanes.push(askInTurn(open.next()));
  await Promise.race([Promise.all(lanes), deadline.over]);
  ended = true;
  deadline.stop();
  resolver.cancel();
  for (const [, asking] of open) unanswered += asking.length;
  if (unanswered > 0) onGivenUp(unanswered);
  return names;
}

/** The name; null: there is none; undefined: nobody answered in time. */
async function ask(resolver: PtrResolver, question: string): Promise<string | null | undefined> {
  try {
    return acceptedName(await resolver.resolvePtr(question));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ETIMEOUT' ? undefined : null;
  }
}
