import type { PlatformName } from '../../model/report/snapshot.ts';

/** What users of another netstat, of ss, lsof or another tool type, and what answers it. */
export interface Habit {
  /** As typed there: each spelling of a flag; placeholders are in capitals. */
  readonly typed: readonly string[];
  /** The system or tool that it comes from. */
  readonly system: string;
  /** What it means there. */
  readonly meaning: string;
  /**
   * What to type here, or why there is nothing. Flags are for the same command line, in place of what was typed; a text
   * that begins with `tsnetstat` is all of it. A named group of `fits` replaces its name, in capitals.
   */
  readonly ours: string;
  /** The systems on which `ours` works; left out: all. */
  readonly on?: readonly PlatformName[];
  /** `ours` on the other systems; left out: that there is nothing. */
  readonly elsewhere?: string;
  /** What stands in `ours` for the value typed after the flag; a number stands only for one above 0. */
  readonly example?: string;
  /**
   * The values that may stand there, or the part of each in a group; default: all that no shell reads as more than a
   * word. Of a name that begins one of ours, `--diag`: those that show that it was meant as there; default: all.
   */
  readonly like?: RegExp;
  /** Accepted with the same meaning, so it needs no message. */
  readonly understood?: true;
  /** Matches the words after the flags, joined by blanks, or a whole word with one dash. */
  readonly fits?: RegExp;
  /** Applies only if the command line also contains this. */
  readonly beside?: RegExp;
  /** Applies only if this is the word before. */
  readonly behind?: RegExp;
  /** Applies to a flag only if this is the word after. */
  readonly before?: RegExp;
  /** Only a guess: applies to a word that resembles none of those with which a filter begins. */
  readonly isGuess?: true;
  /**
   * Applies to a line with an expression and this flag, which means something else there. In `ours`, LINE stands for
   * the line without the flag.
   */
  readonly without?: ReplacedFlag;
  /** Flags that do not fit into `ours`, which LINE leaves out too, with their values. */
  readonly unfit?: readonly ReplacedFlag[];
}

/** A flag, in its spellings. */
export interface ReplacedFlag {
  readonly letter?: string;
  readonly long: string;
}
