/** Sets a value in shared memory, and wakes whoever waits for it to change. */
export function signal(control: Int32Array, place: number, value: number): void {
  Atomics.store(control, place, value);
  Atomics.notify(control, place);
}

/**
 * Waits until a value in shared memory is no longer `old`; being woken does not mean that. A thread may be
 * interrupted between setting a value and waking others: the value is seen at once, and the late call wakes someone
 * who already waits for the next one. `goesOn` is asked after each `pause` in milliseconds; false from it ends the
 * wait. Returns whether the value changed.
 */
export function awaitChange(
  control: Int32Array,
  place: number,
  old: number,
  pause = Number.POSITIVE_INFINITY,
  goesOn = () => true,
): boolean {
  while (Atomics.load(control, place) === old) {
    if (Atomics.wait(control, place, old, pause) !== 'timed-out' || goesOn()) continue;
    // It may have been changed just before whoever sets it ended.
    return Atomics.load(control, place) !== old;
  }
  return true;
}
