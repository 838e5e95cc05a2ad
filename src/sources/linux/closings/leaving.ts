/** Descriptors that are listened to no longer, and that the thread may read until it has heard of it. */
export interface Leaving {
  readonly descriptors: readonly number[];
  /** One more: the thread is told with the next order. */
  add(descriptor: number): void;
  /** The thread was sent an order. */
  ordered(): void;
  /** It has heard of one more, the oldest: what that left out can be closed. */
  heard(): void;
  /** There is no thread that could read any. */
  closeAll(): void;
}

/** None so far. `close` is called for each once. */
export function leaving(close: (descriptor: number) => void): Leaving {
  let waiting: { readonly descriptor: number; readonly order: number }[] = [];
  let ordered = 0;
  let heard = 0;
  const closeUpTo = (order: number) => {
    const [gone, left] = [
      waiting.filter((one) => one.order <= order),
      waiting.filter((one) => one.order > order),
    ];
    waiting = left;
    for (const { descriptor } of gone) close(descriptor);
  };
  return {
    get descriptors() {
      return waiting.map(({ descriptor }) => descriptor);
    },
    add(descriptor) {
      waiting.push({ descriptor, order: ordered + 1 });
    },
    ordered() {
      ordered++;
    },
    heard() {
      heard++;
      closeUpTo(heard);
    },
    closeAll: () => closeUpTo(Number.POSITIVE_INFINITY),
  };
}
