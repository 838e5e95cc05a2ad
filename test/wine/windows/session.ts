/** What a process on Windows is to hold. */
export interface Holder {
  /** Under which it tells of itself. */
  readonly name: string;
  readonly scene: 'zoo' | 'elsewhere' | 'crowd';
  /** A copy of node.exe to run in; null: node.exe itself. */
  readonly executable: string | null;
}

/** session.json: what one session is to do. */
export interface Session {
  readonly holders: readonly Holder[];
  /** Arguments of node.exe, or a program and its own; `{zoo.pid}` stands for what the holder zoo told as its pid. */
  readonly commands: readonly (readonly string[])[];
}

export interface Result {
  readonly status: number | null;
  /** Why it did not run, or not to its end. */
  readonly error: string | null;
}
