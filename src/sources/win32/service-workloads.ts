import { lazilyFor } from '../../flow/lazily.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { Workload } from '../../model/socket/workload.ts';
import type { WarningSink } from '../source.ts';
import { type Service, servicesByPid } from './services.ts';
import type { WindowsApi } from './windows-api.ts';

/** The workload fields of a socket. */
type WorkloadFields = Required<Pick<Socket, 'workload' | 'workloads' | 'noWorkload' | 'cgroup'>>;

/**
 * Returns a lookup of what a socket belongs to on Windows: the services in its process; null: it has no process any
 * more.
 */
export function serviceWorkloads(
  api: WindowsApi,
  warnings: WarningSink,
): (pid: number | null) => WorkloadFields {
  const services = servicesByPid(api, warnings);
  const ofProcess = lazilyFor((pid: number) => {
    const workloads = (services?.get(pid) ?? []).map(workloadOf);
    return fieldsOf(workloads, services === null ? 'unknown' : 'none');
  });
  return (pid) => (pid === null ? fieldsOf([], 'none') : ofProcess(pid));
}

function fieldsOf(workloads: readonly Workload[], reason: 'unknown' | 'none'): WorkloadFields {
  const [workload = null] = workloads;
  return { workload, workloads, noWorkload: workload === null ? reason : null, cgroup: null };
}

function workloadOf({ name }: Service): Workload {
  return {
    ...{ kind: 'service', runtime: 'windows', name, id: null },
    ...{ namespace: null, podUid: null, container: null, image: null, unit: null },
  } as const;
}
