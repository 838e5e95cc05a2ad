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

/**
 * Asks DNS for the names of `addresses` at the same time, each once. What has not been answered when
 * `timeoutMs` have passed is given up: it has no name, like what has none. `onGivenUp` is told of how many
 * addresses that is, where there are any.
 */
export async function dnsNames(
  addresses: Iterable<string>,
  timeoutMs: number,
  host: NamingHost,
  onGivenUp: (addresses: number) => void = () => {},
): Promise<Map<string, string>> {
  const questions = new Map<string, string[]>();
  for (const address of addresses) {
    const bytes = addressBytes(address);
    if (bytes !== null) {
      const question = reverseName(bytes);
      questions.set(question, [...(questions.get(question) ?? []), address]);
    }
  }
  const names = new Map<string, string>();
  if (questions.size === 0 || timeoutMs <= 0) return names;

  const deadline = wait(timeoutMs);
  const resolver = await host.resolver(timeoutMs);
  const open = questions.entries();
  let ended = false;
  const unanswered = new Set(questions.keys());
  const askInTurn = async (): Promise<void> => {
    for (const [question, asking] of open) {
      const name = await ask(resolver, question);
      if (ended) return;
      if (name !== undefined) unanswered.delete(question);
      if (name != null) {
        for (const address of asking) names.set(address, name);
      }
    }
  };
  const lanes = Array.from({ length: Math.min(concurrency, questions.size) }, askInTurn);
  await Promise.race([Promise.all(lanes), deadline.over]);
  ended = true;
  deadline.stop();
  resolver.cancel();
  let givenUp = 0;
  for (const question of unanswered) givenUp += questions.get(question)?.length ?? 0;
  if (givenUp > 0) onGivenUp(givenUp);
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
