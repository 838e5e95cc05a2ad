import type { Owner } from './owner.ts';

/** Processes, one of which holds each socket that is needed: those with one of these PIDs or names. */
export interface SoughtOwners {
  readonly pids: ReadonlySet<number>;
  /** Tests of a program's name. */
  readonly programs: readonly ((owner: Pick<Owner, 'program'>) => boolean)[];
}

/** Those sought by their PIDs alone. */
export function soughtByPid(...pids: readonly number[]): SoughtOwners {
  return { pids: new Set(pids), programs: [] };
}

/** Those of any of these. */
export function soughtByAny(all: readonly SoughtOwners[]): SoughtOwners {
  return {
    pids: new Set(all.flatMap(({ pids }) => [...pids])),
    programs: all.flatMap(({ programs }) => programs),
  };
}
