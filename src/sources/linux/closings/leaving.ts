/** Descriptors that are no longer read, but that the thread may read until it receives the next order. */
export interface Leaving {
  readonly descriptors: readonly number[];
  /** Adds one that the next order leaves out. */
  add(descriptor: number): void;
  /** Call when the thread was sent an order. */
  ordered(): void;
  /** Call when the thread received its oldest pending order: descriptors that it left out are closed. */
  heard(): void;
  /** Call when there is no thread that could read them. */
  closeAll(): void;
}

/** None yet. `close` is called once for each. */
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
