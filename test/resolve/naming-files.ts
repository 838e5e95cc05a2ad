import { type NamingHost, namingHost } from '../../src/resolve/naming-host.ts';

/** A machine that has these files only, no DNS and no commands; what it does is told by `seen`. */
export function machineWith(
  files: Readonly<Record<string, string>>,
  changes: Partial<NamingHost> = {},
): { host: NamingHost; seen: string[] } {
  const seen: string[] = [];
  const host = namingHost({
    platform: 'linux',
    env: {},
    readFile(path) {
      seen.push(path);
      const text = files[path];
      if (text === undefined) {
        throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
      }
      return text;
    },
    async resolver() {
      seen.push('dns');
      return { resolvePtr: () => Promise.reject(new Error('ENOTFOUND')), cancel() {} };
    },
    async lookUp(name) {
      seen.push(`look up ${name}`);
      throw Object.assign(new Error(`ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    },
    async run(file, args) {
      seen.push([file, ...args].join(' '));
      return '';
    },
    runSync(file, args) {
      seen.push([file, ...args].join(' '));
      return '';
    },
    ...changes,
  });
  return { host, seen };
}
