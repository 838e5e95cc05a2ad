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
  const decoding: Decoding = {
    token: Buffer.from(token, 'latin1'),
    lineBegin: Buffer.from(`${token} `, 'latin1'),
    blobEnd: Buffer.from(`\n${token} end `, 'latin1'),
    ...{ sink, bounds, pending: Buffer.alloc(0), parts: [], state: { kind: 'lines' } },
    ...{ hasBegun: false, before: [], beforeLength: 0 },
  };
  let total = 0;
  return {
    get hasBegun() {
      return decoding.hasBegun;
    },
    get before() {
      const { hasBegun, before, pending } = decoding;
      const rest = hasBegun ? [] : [pending.subarray(0, longestLine)];
      return Buffer.concat([...before, ...rest].flatMap((line) => [line, lineEnd]));
    },
    take(chunk) {
      total += chunk.length;
      if (total > bounds.total) throw new FrameError('more than is read of an answer');
      const { pending } = decoding;
      decoding.pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (step(decoding));
      requireBegin(decoding, decoding.pending.length);
    },
  };
}

/** A stream, and how far it is read. */
interface Decoding {
  readonly token: Buffer;
  readonly lineBegin: Buffer;
  readonly blobEnd: Buffer;
  readonly sink: FrameSink;
  readonly bounds: FrameBounds;
  /** What has come and is not read. */
  pending: Buffer;
  /** The beginning of a file or blob whose end has not come. */
  parts: Buffer[];
  /** What is next. */
  state: State;
  hasBegun: boolean;
  readonly before: Buffer[];
  beforeLength: number;
}

type State =
  | { readonly kind: 'lines' }
  | { readonly kind: 'files'; readonly names: string[]; separator: Buffer | null }
  | { readonly kind: 'blob'; readonly blob: string }
  | { readonly kind: 'status'; readonly blob: string; readonly bytes: Buffer };

/** Reads one thing; false: more has to come first. */
function step(decoding: Decoding): boolean {
  const { state, sink } = decoding;
  if (state.kind === 'lines') return takeLine(decoding);
  if (state.kind === 'files') return takeFile(decoding, state);
  if (state.kind === 'blob') {
    const bytes = upTo(decoding, decoding.blobEnd);
    if (bytes === null) return false;
    decoding.state = { kind: 'status', blob: state.blob, bytes };
    return true;
  }
  const status = nextLine(decoding);
  if (status === null) return false;
  sink.blob(state.blob, state.bytes, status.toString('latin1'));
  decoding.state = { kind: 'lines' };
  return true;
}

function takeFile(decoding: Decoding, state: State & { readonly kind: 'files' }): boolean {
  if (state.separator === null) {
    state.separator = separatorIn(decoding.pending, decoding.token);
    if (state.separator === null) return false;
    decoding.pending = decoding.pending.subarray(2 * state.separator.length);
  }
  const bytes = upTo(decoding, state.separator);
  if (bytes === null) return false;
  decoding.sink.file(state.names.shift() as string, bytes);
  if (state.names.length === 0) decoding.state = { kind: 'lines' };
  return true;
}

function takeLine(decoding: Decoding): boolean {
  const { lineBegin, before } = decoding;
  const line = nextLine(decoding);
  if (line === null) return false;
  if (!line.subarray(0, lineBegin.length).equals(lineBegin)) {
    if (decoding.hasBegun) return true;
    before.push(Buffer.from(line));
    decoding.beforeLength += line.length + 1;
    requireBegin(decoding, 0);
    return true;
  }
  const words = line.toString('latin1', lineBegin.length).split(' ');
  if (!decoding.hasBegun) requireVersion(words[0] ?? '');
  decoding.hasBegun = true;
  const [kind = '', name = ''] = words;
  if (kind === 'files') {
    const names = words.slice(1).filter((word) => word !== '');
    if (names.length > 0) decoding.state = { kind: 'files', names, separator: null };
  } else if (kind === 'blob') {
    decoding.state = { kind: 'blob', blob: name };
  } else decoding.sink.line(words);
  return true;
}

/** No more than so much may come before the beginning, what is not read yet included. */
function requireBegin({ hasBegun, beforeLength, bounds }: Decoding, unread: number): void {
  if (!hasBegun && beforeLength + unread > bounds.before) {
    throw new FrameError('something else than an answer');
  }
}

function requireVersion(version: string): void {
  if (version === streamVersion) return;
  const other = /^\d{1,9}$/.test(version) ? `version ${version}` : 'no known version';
  throw new FrameError(`${other} of the answer`);
}

/** A line without its end; null: that has not come. */
function nextLine(decoding: Decoding): Buffer | null {
  const { pending } = decoding;
  const end = pending.indexOf(0x0a);
  if ((end < 0 ? pending.length : end) > longestLine) {
    throw new FrameError('a line without an end');
  }
  if (end < 0) return null;
  decoding.pending = pending.subarray(end + 1);
  return pending.subarray(0, end);
}

/** Everything up to `needle`, which is taken out too; null: it has not come. */
function upTo(decoding: Decoding, needle: Buffer): Buffer | null {
  const { pending, parts } = decoding;
  const at = pending.indexOf(needle);
  if (at < 0) {
    // So much cannot be the beginning of it.
    const sure = pending.length - needle.length + 1;
    if (sure > 0) {
      parts.push(pending.subarray(0, sure));
      decoding.pending = pending.subarray(sure);
    }
    return null;
  }
  const last = pending.subarray(0, at);
  decoding.pending = pending.subarray(at + needle.length);
  if (parts.length === 0) return Buffer.from(last);
  decoding.parts = [];
  return Buffer.concat([...parts, last]);
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
