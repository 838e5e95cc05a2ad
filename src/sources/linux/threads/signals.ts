/** Sets a value in shared memory, and wakes whoever waits for it to change. */
export function signal(control: Int32Array, cell: number, value: number): void {
  Atomics.store(control, cell, value);
  Atomics.notify(control, cell);
}

/**
 * Waits until a value in shared memory is no longer `old`; being woken does not mean that. A thread may be
 * interrupted between setting a value and waking others: the value is seen at once, and the late call wakes someone
 * who already waits for the next one. `goesOn` is asked after each `pause` in milliseconds; false from it ends the
 * wait. Returns whether the value changed.
 */
export function awaitChange(
  control: Int32Array,
  cell: number,
  old: number,
  pause = Number.POSITIVE_INFINITY,
  goesOn = () => true,
): boolean {
  while (Atomics.load(control, cell) === old) {
    if (Atomics.wait(control, cell, old, pause) !== 'timed-out' || goesOn()) continue;
    // It may have been changed just before whoever sets it ended.
    return Atomics.load(control, cell) !== old;
  }
  return true;
}
