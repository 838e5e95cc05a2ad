import type { InetSocket, WritableSocket } from './socket.ts';

/** What a row belongs to, as its object has it. */
export type WorkloadFields = Required<
  Pick<InetSocket, 'workload' | 'workloads' | 'cgroup' | 'noWorkload'>
>;

/** What each socket of a pack belongs to. */
export interface PackedWorkloads {
  /** By row: a place in `known`. */
  readonly places: Int32Array;
  /** The same array for all packs of an answer, to which later ones add. */
  readonly known: readonly WorkloadFields[];
}

/** Room for so many rows. */
export function emptyWorkloads(room: number, known: PackedWorkloads['known']): PackedWorkloads {
  return { places: new Int32Array(room), known };
}

/** What a row belongs to. */
export function workloadAt({ places, known }: PackedWorkloads, row: number): WorkloadFields {
  return known[places[row] as number] as WorkloadFields;
}

/** Writes it into the row's object. */
export function tellWorkload(socket: WritableSocket, told: WorkloadFields): void {
  socket.workload = told.workload;
  socket.workloads = told.workloads;
  socket.cgroup = told.cgroup;
  socket.noWorkload = told.noWorkload;
}
