/**
 * The stream in which a machine answers. What is said of files stands in lines that begin with a token, which is
 * random and only this program and the script know, so that nothing in a file can be taken for one:
 *
 *   TOKEN 1 SYSTEM          the beginning: the stream's version, and what `uname -s` says
 *   TOKEN no CODE PATH      a file that is not there, or may not be read
 *   TOKEN files PATH…       and then the files' bytes, each between two separators, behind two of them
 *   TOKEN blob NAME         and then bytes up to a line TOKEN end STATUS
 *   TOKEN bye               the end
 *
 * A separator is whatever the environment of the program that sends the files holds (/proc/self/environ), the token
 * among it: the one thing that can be put between files which one program sends. Before the beginning there may be
 * what a login shell prints.
 */
export interface FrameSink {
  /** A line's words behind the token; the first says what it is. */
  line(words: readonly string[]): void;
  /** A file that was sent. */
  file(path: string, bytes: Buffer): void;
  /** Bytes under a name, and the status with which they ended. */
  blob(name: string, bytes: Buffer, status: string): void;
}

/** What of a stream is taken, in bytes. */
export interface FrameBounds {
  /** All of it. */
  readonly total: number;
  /** What comes before its beginning. */
  readonly before: number;
}

/** A stream that is not as it must be, and why. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const lineEnd = Buffer.from('\n');

/** No line and no separator is longer. */
const longestLine = 256 * 1024;

/** The version of the stream that this program reads. */
export const streamVersion = '1';

type State =
  | { readonly kind: 'lines' }
  | { readonly kind: 'files'; readonly names: string[]; separator: Buffer | null }
  | { readonly kind: 'blob'; readonly blob: string }
  | { readonly kind: 'status'; readonly blob: string; readonly bytes: Buffer };

/** A stream that is read as it comes. */
export interface Frames {
  /** @throws FrameError */
  take(chunk: Buffer): void;
  /** Whether the beginning has come. */
  readonly hasBegun: boolean;
  /** What came before it, as far as it is kept. */
  readonly before: Buffer;
}

/** Reads a stream of frames as it comes, and hands on what is in it. */
export function decodeFrames(token: string, sink: FrameSink, bounds: FrameBounds): Frames {
  const mark = Buffer.from(`${token} `, 'latin1');
  const bareToken = Buffer.from(token, 'latin1');
  const blobEnd = Buffer.from(`\n${token} end `, 'latin1');
  let total = 0;
  let hasBegun = false;
  const before: Buffer[] = [];
  let beforeLength = 0;
  let pending: Buffer = Buffer.alloc(0);
  /** The beginning of a file or blob whose end has not come. */
  let parts: Buffer[] = [];
  let state: State = { kind: 'lines' };

  /** Everything up to `needle`, which is taken out too; null: it has not come. */
  function upTo(needle: Buffer): Buffer | null {
    const at = pending.indexOf(needle);
    if (at < 0) {
      // So much cannot be the beginning of it.
      const sure = pending.length - needle.length + 1;
      if (sure > 0) {
        parts.push(pending.subarray(0, sure));
        pending = pending.subarray(sure);
      }
      return null;
    }
    const whole = parts.length === 0 ? Buffer.from(pending.subarray(0, at)) : joined(at);
    pending = pending.subarray(at + needle.length);
    return whole;
  }

  function joined(at: number): Buffer {
    const whole = Buffer.concat([...parts, pending.subarray(0, at)]);
    parts = [];
    return whole;
  }

  /** Reads one thing; false: more has to come first. */
  function step(): boolean {
    if (state.kind === 'lines') return takeLine();
    if (state.kind === 'blob') {
      const bytes = upTo(blobEnd);
      if (bytes === null) return false;
      state = { kind: 'status', blob: state.blob, bytes };
      return true;
    }
    if (state.kind === 'status') {
      const status = nextLine();
      if (status === null) return false;
      sink.blob(state.blob, state.bytes, status.toString('latin1'));
      state = { kind: 'lines' };
      return true;
    }
    if (state.separator === null) {
      state.separator = separatorIn(pending, bareToken);
      if (state.separator === null) return false;
      pending = pending.subarray(2 * state.separator.length);
    }
    const bytes = upTo(state.separator);
    if (bytes === null) return false;
    sink.file(state.names.shift() as string, bytes);
    if (state.names.length === 0) state = { kind: 'lines' };
    return true;
  }

  /** A line without its end; null: that has not come. */
  function nextLine(): Buffer | null {
    const end = pending.indexOf(0x0a);
    if ((end < 0 ? pending.length : end) > longestLine) {
      throw new FrameError('a line without an end');
    }
    if (end < 0) return null;
    const line = pending.subarray(0, end);
    pending = pending.subarray(end + 1);
    return line;
  }

  function takeLine(): boolean {
    const line = nextLine();
    if (line === null) return false;
    if (!line.subarray(0, mark.length).equals(mark)) {
      if (!hasBegun) keepBefore(line);
      return true;
    }
    const words = line.toString('latin1', mark.length).split(' ');
    if (!hasBegun) {
      const version = words[0] ?? '';
      if (version !== streamVersion) {
        const other = /^\d{1,9}$/.test(version) ? `version ${version}` : 'no known version';
        throw new FrameError(`${other} of the answer`);
      }
      hasBegun = true;
    }
    begin(words);
    return true;
  }

  function keepBefore(line: Buffer): void {
    before.push(Buffer.from(line));
    beforeLength += line.length + 1;
    if (beforeLength > bounds.before) throw new FrameError('something else than an answer');
  }

  function begin(words: readonly string[]): void {
    const [kind = '', name = ''] = words;
    if (kind === 'files') {
      const names = words.slice(1).filter((word) => word !== '');
      if (names.length > 0) state = { kind: 'files', names, separator: null };
    } else if (kind === 'blob') {
      state = { kind: 'blob', blob: name };
    } else sink.line(words);
  }

  return {
    get hasBegun() {
      return hasBegun;
    },
    get before() {
      const rest = hasBegun ? [] : [pending.subarray(0, longestLine)];
      return Buffer.concat([...before, ...rest].flatMap((line) => [line, lineEnd]));
    },
    take(chunk) {
      total += chunk.length;
      if (total > bounds.total) throw new FrameError('more than is read of an answer');
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (step());
      if (!hasBegun && pending.length + beforeLength > bounds.before) {
        throw new FrameError('something else than an answer');
      }
    },
  };
}

/** The separator, of which two stand at the beginning; null: they have not come whole. */
function separatorIn(bytes: Buffer, token: Buffer): Buffer | null {
  const first = bytes.indexOf(token);
  const second = first < 0 ? -1 : bytes.indexOf(token, first + token.length);
  const length = second - first;
  if (second < 0 || bytes.length < 2 * length) {
    if (bytes.length > 2 * longestLine) throw new FrameError('files without a separator');
    return null;
  }
  const separator = bytes.subarray(0, length);
  if (first >= length || !bytes.subarray(length, 2 * length).equals(separator)) {
    throw new FrameError('files without a separator');
  }
  return Buffer.from(separator);
}
