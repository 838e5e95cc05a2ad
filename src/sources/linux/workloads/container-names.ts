import type { WorkloadRuntime } from '../../../model/workload.ts';
import type { Proc } from '../proc/proc.ts';
export interface ContainerName {
  readonly name: string | null;
  readonly image: string | null;
  readonly pod: {
    readonly name: string;
    readonly namespace: string | null;
    readonly uid: string | null;
    readonly container: string | null;
  } | null;
  readonly addresses: readonly string[];
}
export async function containerNames(
  _proc: Proc,
  _root: string,
  _wanted: readonly { readonly id: string; readonly runtime: WorkloadRuntime | null }[],
  _options?: { deadline?: number },
): Promise<ReadonlyMap<string, ContainerName>> {
  return new Map();
}
