import type { PlatformHost, Source, WarningSink } from '../source.ts';
import { facts, sourceOf } from './index.ts';
import type { Links } from './interfaces/facts.ts';
import { otherLinks } from './interfaces/interfaces.ts';
import { askIp } from './interfaces/ip.ts';
import { linkOf } from './interfaces/sysfs.ts';
import { type ToldMachine, type ToldRefusal, toldProc } from './proc/told-proc.ts';

/** The facts that the files of another machine tell of sockets. */
export const toldFacts = facts;

/** What was told beside its /proc. */
export interface ToldBeside {
  /** Other files, by their whole paths. */
  file(path: string): Buffer | ToldRefusal;
  hasFolder(path: string): boolean;
  /** What `ip -json address show` says there; null: nothing. */
  readonly ip: Buffer | null;
}

/** Another machine, by what it told: a source for one reading, since nothing of it changes. */
export function toldSource(machine: ToldMachine, host: PlatformHost, beside: ToldBeside): Source {
  const { root } = machine;
  const there: PlatformHost = { ...host, procRoot: root, netns: 'own' };
  const of = root.replace(/\/proc$/, '');
  return sourceOf(toldProc(machine), there, {
    files: null,
    isStill: true,
    facts,
    others: {
      nameOf: (path) => `${of}${path}`,
      read(path) {
        const told = beside.file(path);
        if (typeof told !== 'string') return told;
        throw Object.assign(new Error(`${told}: ${of}${path}`), { code: told });
      },
      hasFolder: beside.hasFolder,
    },
    links: {
      ...otherLinks,
      isWithoutSysfs: true,
      async links(devices: number, warnings: WarningSink) {
        // The one answer is not read again for each place where there may be an `ip`.
        let told = beside.ip;
        const once = async () => {
          const output = told;
          told = null;
          return output;
        };
        return (await askIp(undefined, devices, warnings, once)) ?? linksBySys(machine, beside);
      },
    },
  });
}

/** What /sys tells of the devices that /proc/net/dev names. */
function linksBySys({ files }: ToldMachine, { file }: ToldBeside): Links {
  const told = files.get('net/dev');
  const text = told === undefined || typeof told === 'string' ? '' : told.toString('latin1');
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
