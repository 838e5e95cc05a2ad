/**
 * The file of a worker, by the URL of the module that starts it: beside it as source, and as the build
 * leaves it beside the bundle.
 */
export function workerFile(name: string, starter: string): URL {
  return new URL(`./${name}.${starter.endsWith('.ts') ? 'ts' : 'cjs'}`, starter);
}
