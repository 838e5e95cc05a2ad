/**
 * The receiver of a machine's answer, which is a stream of frames. Frames are lines that begin with a random token,
 * known only to this program and the script, so that no content of a file can be mistaken for one:
 *
 *   TOKEN 1 SYSTEM          first: the stream's version, and `uname -s`
 *   TOKEN no CODE PATH      a file that does not exist, or may not be read
 *   TOKEN files PATH…       followed by two separators, then the bytes of each file and a separator
 *   TOKEN blob NAME         followed by bytes up to a line TOKEN end STATUS
 *   TOKEN bye               last
 *
 * The separator is the environment of the program that sends the files (/proc/self/environ), which contains the
 * token: nothing else can be put between files that one program sends. A login shell's output may precede the first
 * frame.
 */
export interface FrameSink {
  /** The words of a line after the token; the first is its kind. */
  line(words: readonly string[]): void;
  /** A file. */
  file(path: string, bytes: Buffer): void;
  /** A named block of bytes, and the exit status of the command that wrote it. */
  blob(name: string, bytes: Buffer, status: string): void;
}

/** Limits of a stream, in bytes. */
export interface FrameBounds {
  /** The whole stream. */
  readonly total: number;
  /** What precedes the first frame. */
  readonly before: number;
}

/** A malformed stream; the message says how. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const lineEnd = Buffer.from('\n');

/** The longest line, and separator. */
const longestLine = 256 * 1024;

/** The version of the stream that this program reads. */
export const streamVersion = '1';

/** The first line of a shell that was not told the token. */
const withoutToken = new RegExp(`^ ${streamVersion} \\w*\r?$`);
/** More bytes than a first line without its token has. */
const longestBeginning = 64;
const carriageReturn = 0x0d;

/** A decoder that takes a stream in chunks. */
export interface Frames {
  /** @throws FrameError */
  take(chunk: Buffer): void;
  /** Whether the first frame has been received. */
  readonly hasBegun: boolean;
  /** What preceded it, as far as it is kept. */
  readonly before: Buffer;
}

/** Decodes a stream of frames as it arrives, and passes its content to `sink`. */
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
      if (total > bounds.total) throw new FrameError('it is too long');
      const { pending } = decoding;
      decoding.pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (step(decoding));
      requireBegin(decoding, decoding.pending.length);
    },
  };
}

/** A stream, and how far it is decoded. */
interface Decoding {
  readonly token: Buffer;
  readonly lineBegin: Buffer;
  readonly blobEnd: Buffer;
  readonly sink: FrameSink;
  readonly bounds: FrameBounds;
  /** Received and not decoded yet. */
  pending: Buffer;
  /** The beginning of a file or blob whose end has not been received. */
  parts: Buffer[];
  /** What comes next. */
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

/** Decodes one item; false: more bytes are needed. */
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
  if (!decoding.hasBegun) requireWholeBeginning(line, lineBegin);
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

/** Recognizes a first line that something on the machine has changed, or to which it has left no token. */
function requireWholeBeginning(line: Buffer, lineBegin: Buffer): void {
  const isChanged =
    line.at(-1) === carriageReturn && line.includes(`${lineBegin}${streamVersion} `);
  if (isChanged) throw new FrameError('it has passed a terminal, which changes the ends of lines');
  if (withoutToken.test(line.toString('latin1', 0, longestBeginning))) {
    throw new FrameError('a start-up file there reads standard input, and so the question');
  }
}

/** Limits what may precede the first frame; `unread`: pending bytes, which count too. */
function requireBegin({ hasBegun, beforeLength, bounds }: Decoding, unread: number): void {
  if (!hasBegun && beforeLength + unread > bounds.before) {
    throw new FrameError('too much text before it');
  }
}

function requireVersion(version: string): void {
  if (version === streamVersion) return;
  const other = /^\d{1,9}$/.test(version) ? `version ${version}` : 'unknown version';
  throw new FrameError(`${other} of the answer`);
}

/** Returns a line without its end; null: incomplete. */
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

/** Returns everything up to `needle`, and removes both from the input; null: incomplete. */
function upTo(decoding: Decoding, needle: Buffer): Buffer | null {
  const { pending, parts } = decoding;
  const at = pending.indexOf(needle);
  if (at < 0) {
    // These bytes cannot be the beginning of it.
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

const noSeparator = 'files without a separator; could cat or head not be started there?';

/** Returns the separator, which is there twice at the beginning; null: incomplete. */
function separatorIn(bytes: Buffer, token: Buffer): Buffer | null {
  const first = bytes.indexOf(token);
  const second = first < 0 ? -1 : bytes.indexOf(token, first + token.length);
  const length = second - first;
  if (second < 0 || bytes.length < 2 * length) {
    if (bytes.length > 2 * longestLine) throw new FrameError(noSeparator);
    return null;
  }
  const separator = bytes.subarray(0, length);
  if (first >= length || !bytes.subarray(length, 2 * length).equals(separator)) {
    throw new FrameError(noSeparator);
  }
  return Buffer.from(separator);
}
