import type { InetSocket, WritableSocket } from '../socket.ts';

/** The workload fields of a socket object. */
export type WorkloadFields = Required<
  Pick<InetSocket, 'workload' | 'workloads' | 'cgroup' | 'noWorkload'>
>;

/** The workload of each socket in a pack. */
export interface PackedWorkloads {
  /** By row: an index in `known`. */
  readonly places: Int32Array;
  /** All packs of an answer share this array, and later packs append to it. */
  readonly known: readonly WorkloadFields[];
}

/** Returns space for the workloads of `room` rows. */
export function emptyWorkloads(room: number, known: PackedWorkloads['known']): PackedWorkloads {
  return { places: new Int32Array(room), known };
}

/** Returns the workload of a row. */
export function workloadAt({ places, known }: PackedWorkloads, row: number): WorkloadFields {
  return known[places[row] as number] as WorkloadFields;
}

/** Writes a workload into a row's object. */
export function tellWorkload(socket: WritableSocket, told: WorkloadFields): void {
  socket.workload = told.workload;
  socket.workloads = told.workloads;
  socket.cgroup = told.cgroup;
  socket.noWorkload = told.noWorkload;
}
