import type { InetSocket, WritableSocket } from '../socket/socket.ts';

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
export function writeWorkload(socket: WritableSocket, fields: WorkloadFields): void {
  socket.workload = fields.workload;
  socket.workloads = fields.workloads;
  socket.cgroup = fields.cgroup;
  socket.noWorkload = fields.noWorkload;
}
