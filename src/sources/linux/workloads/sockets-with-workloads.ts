import { lazilyFor } from '../../../flow/lazily.ts';
import {
  type PackedSockets,
  packIn,
  socketsIn,
  type WritablePack,
} from '../../../model/packed/sockets.ts';
import type { WorkloadFields } from '../../../model/packed/workloads.ts';
import type { Owner } from '../../../model/socket/owner.ts';
import { keepOwnerWorkloads } from '../../../model/socket/owner-workloads.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import type { Writable } from '../../../model/writable.ts';
import type { Batches } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import type { ContainerNamer } from './container-namer.ts';
import { type WorkloadFinder, workloadFinder } from './workload-finder.ts';

/**
 * Writes workloads into the rows of sockets whose owners are known: `workloadFinder` says how. `root`: as in
 * `containerNamer`.
 */
export async function* socketsWithWorkloads(
  proc: Proc,
  batches: Batches<Socket>,
  names: ContainerNamer,
  root: string | null,
): Batches<Socket> {
  const find = workloadFinder(proc, root);
  const pack = packedWorkloads(find);
  names.beginRound();
  for await (const batch of batches) {
    const packed = packIn(batch);
    const found =
      packed === null ? batch.flatMap((socket) => writeWorkloads(socket, find)) : pack(packed);
    await names.learn([...new Set(found.flatMap(({ workloads }) => workloads))]);
    nameAll(found, names);
    yield batch;
  }
}

/**
 * Writes the workload into a row, and keeps those of its owners with it if they differ. Returns all that was written, with
 * writable fields.
 */
function writeWorkloads(socket: Socket, find: WorkloadFinder): readonly Writable<WorkloadFields>[] {
  const row = Object.assign(socket, find.of(socket)) as Writable<WorkloadFields>;
  const each = find.ofEachOwner(socket);
  if (each === null) return [row];
  keepOwnerWorkloads(socket, each);
  return [row, ...each.filter((one) => one !== null)];
}

const nobody: readonly Owner[] = [];

/** Writes workloads into packs. Returns those that were not known before. */
function packedWorkloads(
  find: WorkloadFinder,
): (pack: PackedSockets) => readonly Writable<WorkloadFields>[] {
  const known: WorkloadFields[] = [];
  const places = new Map<string, number>();
  /** Many rows share a list with at most one workload. */
  const keyOfShared = lazilyFor((workloads: WorkloadFields['workloads']) =>
    JSON.stringify(workloads),
  );
  const keyOf = (workloads: WorkloadFields['workloads']) =>
    workloads.length > 1 ? JSON.stringify(workloads) : keyOfShared(workloads);
  function placeOf(fields: WorkloadFields): number {
    const key = `${fields.noWorkload} ${fields.cgroup} ${keyOf(fields.workloads)}`;
    const place = places.get(key) ?? known.push(fields) - 1;
    places.set(key, place);
    return place;
  }
  /** null: it depends on the socket. */
  const placeOfList = lazilyFor((owners: readonly Owner[]) => {
    const fields = find.byOwners(owners);
    return fields && placeOf(fields);
  });
  return (pack) => {
    const first = known.length;
    // The reader reuses its pack: the workloads of the batch before are still there.
    (pack as WritablePack).workloads = null;
    const placesOf = new Int32Array(pack.length);
    for (let row = 0; row < pack.length; row++) {
      const list = pack.owners?.known[pack.owners.lists[row] as number] ?? nobody;
      placesOf[row] =
        placeOfList(list) ?? placeOf(find.of(socketsIn(pack, row, row + 1)[0] as Socket));
    }
    (pack as WritablePack).workloads = { places: placesOf, known };
    return known.slice(first);
  };
}

/** Names the workloads of rows. Many rows share a list, which is looked up once a batch. */
function nameAll(rows: readonly Writable<WorkloadFields>[], names: ContainerNamer): void {
  const named = lazilyFor((workloads: readonly Workload[]) => workloads.map(names.named));
  for (const row of rows) {
    if (row.workloads.length === 0) continue;
    const list = named(row.workloads);
    row.workloads = list;
    row.workload = list[0] ?? null;
  }
}
