import { randomBytes } from 'node:crypto';
import { errorNaming, NetstatError } from '../../errors.ts';
import { allProtocols } from '../../model/protocol.ts';
import type { Fact } from '../../model/report/facts.ts';
import { allReports, type ReportKind, type ReportRows } from '../../model/report/snapshot.ts';
import { remoteNameProblem } from '../../model/request/remote-name.ts';
import { noUnixPeersElsewhere } from '../../model/socket/peer.ts';
import { masked } from '../../text/sanitize.ts';
import { requireNetwork } from '../linux/proc/received-proc.ts';
import { unixFile } from '../linux/proc-files.ts';
import { receivedFacts, receivedSource } from '../linux/received-source.ts';
import { readingOf } from '../reading.ts';
import type { Source, SourceQuery, WarningSink } from '../source.ts';
import { type Answer, answerTo } from './answer.ts';
import { askOf, askOfFacts, askOfOwners } from './asks.ts';
import { decodeFrames, FrameError } from './frames.ts';
import { type OwnAnswer, ownRows, parseOwnAnswer } from './own-answer.ts';
import type { RemoteParts } from './parts.ts';
import { firstWords, lastLine } from './printed.ts';
import { type Ask, scriptFor } from './script.ts';
import { openSession, type Session } from './session.ts';

/** Limits of one answer in bytes: enough for more than a million sockets and their owners. */
const bounds = { total: 256 * 1024 * 1024, before: 64 * 1024 };

/**
 * The most bytes accepted from a machine's own tsnetstat: parsed, they take ten times the memory. If it prints more,
 * files are read.
 */
const mostOwn = 32 * 1024 * 1024;

/** The part of the time limit that a machine's own tsnetstat may use: if it hangs, files are still read in the rest. */
const ownShare = 0.5;

/** What a machine's files contain, and what only its own tsnetstat reports. */
const facts: readonly Fact[] = [...receivedFacts, 'tcpInfo', 'tcpInternals', 'boundSockets'];

/**
 * The machine `name` (an alias of ssh_config, HOST, USER@HOST or ssh://USER@HOST:PORT), over the user's own ssh; each
 * reading is a new request. A reading that fails rejects with a NetstatError (`unreadable`, `unsupported` or
 * `unrecognized`) whose message is one line that begins with the name.
 * @throws NetstatError `usage` for an invalid name, before anything runs
 */
export function remoteSource(name: string, parts: RemoteParts): Source {
  const problem = remoteNameProblem(name);
  if (problem !== null) throw errorNaming('usage', name, problem);

  const askMachine = asker(name, parts);
  const sourceOf = (answer: Answer): Source => {
    const machine = answer.machine();
    requireNetwork(machine);
    const { other: file, hasFolder, ip } = answer;
    return receivedSource(machine, parts, { file, hasFolder, ip });
  };
  const sourceAfter = async (ask: Ask) => sourceOf((await askMachine(ask)).answer);

  return {
    platform: 'linux',
    protocols: allProtocols,
    facts,
    reports: allReports,
    read<K extends ReportKind>(query: SourceQuery<K>, warnings: WarningSink) {
      return readingOf<ReportRows[K]>(async function* (begin) {
        const { answer, own } = await askMachine(askOf(query));
        if (own !== null) {
          begin();
          yield* ownRows(own, query as SourceQuery<'sockets'>, warnings) as AsyncGenerator<
            readonly ReportRows[K][]
          >;
          return;
        }
        const reading = sourceOf(answer).read(query, warnings);
        await reading.begun();
        begin();
        yield* reading.batches;
      });
    },
    async withOwners(sockets, query, warnings) {
      await (await sourceAfter(askOfOwners(query))).withOwners?.(sockets, query, warnings);
    },
    async systemFacts(wanted, warnings) {
      return (await (await sourceAfter(askOfFacts(wanted))).systemFacts?.(wanted, warnings)) ?? [];
    },
    async unixPeers(warnings) {
      const source = `${name}:/proc/${unixFile}`;
      warnings.warn({ code: 'incomplete', message: noUnixPeersElsewhere, source });
      return null;
    },
  };
}

/** An answer: files of /proc, or the output of the machine's own tsnetstat (`own`). */
interface Reply {
  readonly answer: Answer;
  readonly own: OwnAnswer | null;
}

/** Sends a request: in the session that an earlier one left open, or in a new one. */
type AskMachine = (ask: Ask) => Promise<Reply>;

function asker(name: string, parts: RemoteParts): AskMachine {
  const ownSeconds = Math.max(1, Math.floor((parts.timeout * ownShare) / 1000));
  let left: Session | null = null;
  return async (ask) => {
    const kept = left?.hasEnded === false ? left : null;
    left = null;
    if (kept !== null) {
      try {
        const reply = await askIn(kept, name, ask, ownSeconds);
        left = kept;
        return reply;
      } catch (error) {
        // The idle connection may have been lost: try a new one. Not after a timeout, which has used up the time.
        if (kept.hasSpoken || kept.isLate || parts.signal?.aborted) throw error;
      }
    }
    const session = openSession(name, parts);
    const reply = await askIn(session, name, ask, ownSeconds);
    left = session;
    return reply;
  };
}

/** @throws NetstatError, with one line that begins with the name */
async function askIn(session: Session, name: string, ask: Ask, ownSeconds: number): Promise<Reply> {
  const token = randomBytes(16).toString('hex');
  const answer = answerTo(ask, `${name}:/proc`);
  const frames = decodeFrames(token, answer.sink, bounds);
  let own: OwnAnswer | null = null;
  let isRefused = false;
  await session.ask({
    script: scriptFor(ask, token, ownSeconds),
    take(chunk) {
      try {
        frames.take(chunk);
      } catch (error) {
        if (!(error instanceof FrameError)) throw error;
        const message = `${name}: its answer cannot be read: ${error.message}`;
        throw new NetstatError('unrecognized', message, { path: name });
      }
      requireLinux(name, answer);
      if (answer.isWhole) return 'done';
      if (answer.own === null || isRefused) return null;
      own = answer.own.length > mostOwn ? null : parseOwnAnswer(answer.own);
      if (own !== null) return 'done';
      isRefused = true;
      return { send: 'rest </dev/null 2>/dev/null\n' };
    },
    printed: () => (frames.hasBegun ? null : firstWords(frames.before)),
    brokenOff() {
      if (frames.hasBegun) return 'the answer was cut off';
      const line = lastLine(frames.before);
      return line === null
        ? 'it ended without an answer'
        : `it did not run sh, and answered: ${line}`;
    },
  });
  return { answer, own };
}

function requireLinux(name: string, { system }: Answer): void {
  if (system === null || system === 'Linux') return;
  const found = masked(system.slice(0, 40));
  // A restricted shell (rbash) runs only programs in its own PATH.
  const message =
    found === ''
      ? `${name}: its shell does not run uname, so it is unknown whether it is Linux; is the shell a restricted one?`
      : `${name}: not Linux (${found}); only Linux machines can be read over ssh`;
  throw new NetstatError('unsupported', message, { path: name });
}
