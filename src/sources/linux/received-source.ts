import type { PlatformHost, Source, WarningSink } from '../source.ts';
import { facts, sourceOf } from './index.ts';
import type { Links } from './interfaces/facts.ts';
import { receivedLinks } from './interfaces/interfaces.ts';
import { askIp } from './interfaces/ip.ts';
import { linkOf } from './interfaces/sysfs.ts';
import { type ReceivedMachine, type ReceivedRefusal, receivedProc } from './proc/received-proc.ts';
import { interfaceFiles } from './proc-files.ts';

/** The facts about sockets that files of another machine contain. */
export const receivedFacts = facts;

/** What another machine sent besides its /proc. */
export interface ReceivedBeside {
  /** Other files, by absolute path. */
  file(path: string): Buffer | ReceivedRefusal;
  hasFolder(path: string): boolean;
  /** The output of `ip -json address show` there; null: none. */
  readonly ip: Buffer | null;
}

/** Another machine by the files that it sent: a source for one reading, as nothing in it changes. */
export function receivedSource(
  machine: ReceivedMachine,
  host: PlatformHost,
  beside: ReceivedBeside,
): Source {
  const there: PlatformHost = { ...host, procRoot: machine.root, netns: 'own' };
  return sourceOf(receivedProc(machine), there, {
    files: null,
    isStill: true,
    facts,
    others: {
      nameOf: (path) => path,
      read(path) {
        const found = beside.file(path);
        if (typeof found !== 'string') return found;
        throw Object.assign(new Error(`${found}: ${path}`), { code: found });
      },
      hasFolder: beside.hasFolder,
    },
    links: receivedLinks(async (devices: number, warnings: WarningSink) => {
      // There is only one answer; it is not parsed again for each path where `ip` may be.
      let left = beside.ip;
      const once = async () => {
        const output = left;
        left = null;
        return output;
      };
      return (await askIp(undefined, devices, warnings, once)) ?? linksBySys(machine, beside);
    }),
  });
}

/** The facts in /sys of the devices that /proc/net/dev names. */
function linksBySys({ files }: ReceivedMachine, { file }: ReceivedBeside): Links {
  const table = files.get(interfaceFiles.devices);
  const text = table === undefined || typeof table === 'string' ? '' : table.toString('latin1');
  const names = [...text.matchAll(/^ *([^\s:]+):/gm)].map(([, name = '']) => name);
  return new Map(
    names.map((name) => [
      name,
      linkOf((one) => {
        const bytes = file(`/sys/class/net/${name}/${one}`);
        return typeof bytes === 'string' ? null : bytes.toString('utf8').trim();
      }),
    ]),
  );
}
