/**
 * The file of a worker, given the URL of the module that starts it: beside it in the sources; in the build beside
 * the bundle, or one folder above a part of it.
 */
export function workerFile(name: string, starter: string): URL {
  if (starter.endsWith('.ts')) return new URL(`./${name}.ts`, starter);
  const folder = /\/parts\/[^/]*$/.test(starter) ? '..' : '.';
  return new URL(`${folder}/${name}.cjs`, starter);
}
