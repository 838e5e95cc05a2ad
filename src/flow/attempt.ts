/** Runs a task now; the returned function returns its result or throws its error. */
export function attempt<T>(task: () => T): () => T {
  try {
    const result = task();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
