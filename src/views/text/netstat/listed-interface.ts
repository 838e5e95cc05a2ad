import type { InterfaceAddress, NetInterface } from '../../../model/machine/interface.ts';

/**
 * An entry in netstat's list of interfaces: an interface of the kernel, or a label of some of its IPv4 addresses
 * (`eth0:1`), which has no counters.
 */
export interface ListedInterface {
  readonly label: string;
  readonly isAlias: boolean;
  readonly face: NetInterface;
  readonly inet: InterfaceAddress | null;
}

/** The interface itself, and each further label once. */
export function listings(face: NetInterface): ListedInterface[] {
  const firstOf = new Map<string, InterfaceAddress>();
  for (const address of face.addresses) {
    const label = address.label ?? face.name;
    if (address.family === 'inet' && !firstOf.has(label)) firstOf.set(label, address);
  }
  const own = { label: face.name, isAlias: false, face, inet: firstOf.get(face.name) ?? null };
  firstOf.delete(face.name);
  const aliases = [...firstOf].map(([label, inet]) => ({ label, isAlias: true, face, inet }));
  return [own, ...aliases];
}
