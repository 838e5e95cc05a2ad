import type { Service } from '../model/report/service.ts';

/** The PIDs of a service: of its servers, of those where its port leads, and of what of this machine uses it. */
export function pidsOfService({
  listeners,
  bound,
  portless,
  holding,
  forwards,
  clients,
}: Service): ReadonlySet<number> {
  const behind = (forwards ?? []).flatMap(({ servers }) => servers);
  const owners = [listeners, bound, portless ?? [], holding, behind]
    .flat()
    .flatMap((socket) => socket.owners ?? []);
  return new Set([...owners, ...clients].map(({ pid }) => pid));
}
