/** Imports one of the project's scripts, which are plain JavaScript, as what the test says it is. */
export function script<Exports>(path: string): Promise<Exports> {
  return import(new URL(`../../scripts/${path}`, import.meta.url).href) as Promise<Exports>;
}
