/** The bytes of numbers of four bytes each, lower byte first: the order of all machines that bpf(2) is known of. */
export function bytesOfWords(words: readonly number[]): Buffer {
  return Buffer.from(new Uint32Array(words).buffer);
}
