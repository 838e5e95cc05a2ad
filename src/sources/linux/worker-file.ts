/**
 * The file of a worker, by the URL of the module that starts it: beside it as source, and as the build
 * leaves it beside the bundle, or above a part of it.
 */
export function workerFile(name: string, starter: string): URL {
  if (starter.endsWith('.ts')) return new URL(`./${name}.ts`, starter);
  const folder = /\/parts\/[^/]*$/.test(starter) ? '..' : '.';
  return new URL(`${folder}/${name}.cjs`, starter);
}
