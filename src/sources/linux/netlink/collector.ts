/** A batch: how many sockets it has. */
export interface Sized {
  readonly length: number;
}

/** Makes batches of messages. */
export interface BatchCollector<Batch extends Sized> {
  /** Where messages are read to, aligned to a word. */
  readonly bytes: Buffer;
  /** The length of the shortest message that is a socket, in bytes. */
  readonly least: number;
  /** Begins a batch: the one before is no longer needed. */
  begin(): void;
  /**
   * Adds sockets from an offset on. Returns the offset of the first message that is not a socket, or not complete; if
   * the batch is full, of the next one.
   */
  take(at: number, end: number): number;
  /** All flags of the messages that `take` added last. */
  flags(): number;
  /** Whether the batch may take what is read next. */
  hasRoom(): boolean;
  /** The batch of everything added. */
  batch(): Batch;
  /** Nothing is read any more. */
  release(): void;
}
