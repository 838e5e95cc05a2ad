import type { Handle } from '../windows-api.ts';

/** INVALID_HANDLE_VALUE: -1 as a pointer of 64 or 32 bits. */
const invalidHandles: readonly bigint[] = [0xffff_ffff_ffff_ffffn, 0xffff_ffffn, -1n];

/** A handle that a function returned; null if it failed. */
export function handleOf(value: unknown): Handle | null {
  return typeof value !== 'bigint' || value === 0n || invalidHandles.includes(value) ? null : value;
}
