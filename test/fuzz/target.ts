import type fc from 'fast-check';
import { growing } from './growing.ts';
import { type Alphabet, near } from './near.ts';

/** What reads text or bytes that others control, and what must hold whatever they are. */
export interface Target<Input> {
  readonly name: string;
  /** The functions of src that read it. */
  readonly covers: readonly string[];
  readonly input: fc.Arbitrary<Input>;
  /** Throws where a promise is broken. */
  check(input: Input): void | Promise<void>;
  /** Inputs of about so many characters, each shape long in its own way; reading one must be linear. */
  readonly growing: Readonly<Record<string, (size: number) => Input>>;
  /** What is measured on these. */
  read(input: Input): unknown;
}

/** One that reads text. Its inputs are near to what real machines print. */
export interface TextTarget<Answer> {
  readonly name: string;
  readonly covers: readonly string[];
  readonly seeds: readonly string[];
  /** `bytes`: each character stands for a byte. */
  readonly alphabet: Alphabet;
  /** Lines at the beginning that the others need to be understood. */
  readonly header?: number;
  /** Pieces of which a long run may be slow to read, beside those that all are tried with. */
  readonly pieces?: readonly string[];
  readonly read: (text: string) => Answer | Promise<Answer>;
  readonly check: (text: string, answer: Answer) => void | Promise<void>;
}

/** A target whose input is text. */
export function textTarget<Answer>(target: TextTarget<Answer>): Target<string> {
  const { name, covers, seeds, alphabet, header = 0, pieces, read, check } = target;
  if (seeds.length === 0) throw new Error(`${name}: nothing to begin with`);
  return {
    name,
    covers,
    input: near(seeds, { alphabet, header }),
    read,
    check: async (text) => check(text, await read(text)),
    growing: growing(seeds[0] as string, header, pieces),
  };
}
