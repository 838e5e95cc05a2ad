import { isPort } from '../../model/address/port.ts';
import { type ServiceAsked, serviceProtocols } from '../../model/report/service.ts';
import type { FilterOptions, Query } from '../../model/request/query.ts';
import type { NameResolver } from '../../resolve/index.ts';
import { parsePorts } from '../../select/ports.ts';
import { isProblem } from '../../select/problem.ts';

/** Looks up the ports of services. */
type Lookups = () => Promise<Pick<NameResolver, 'serviceNumber'>>;

/**
 * The one service that a query's filters ask about: a single port, else a single program, else a single address or
 * network. null: they ask about several, or about something else.
 */
export async function serviceAsked(
  { filters: { port, program, remote }, protocols }: Pick<Query, 'filters' | 'protocols'>,
  lookups: Lookups,
): Promise<ServiceAsked | null> {
  const [onePort] = port;
  if (port.length === 1 && onePort !== undefined) {
    const number = await portNumber(onePort, protocols, lookups);
    if (number !== null) return { by: 'port', value: String(number) };
  }
  if (port.length > 0) return null;
  const [by, values] =
    program.length > 0 ? (['program', program] as const) : (['remote', remote] as const);
  const [value = ''] = values;
  return values.length === 1 && !value.includes(',') ? { by, value } : null;
}

/** Whether filters select ports, but no single one that is known: checks of one service are then expected, but do not run. */
export function asksNoOnePort({ port }: FilterOptions, asked: unknown): boolean {
  return !asked && port.length > 0;
}

/** The number of the one port that a filter names; null: it names several, none or an unknown service. */
async function portNumber(
  text: string,
  protocols: Query['protocols'],
  lookups: Lookups,
): Promise<number | null> {
  const ports = parsePorts(text);
  if (isProblem(ports) || ports.kind === 'any') return null;
  if (ports.kind === 'range') {
    const { low, high } = ports;
    return low === high && isPort(low) ? low : null;
  }
  const { serviceNumber } = await lookups();
  for (const protocol of serviceProtocols) {
    const number = protocols.includes(protocol) ? serviceNumber(ports.name, protocol) : undefined;
    if (number !== undefined) return number;
  }
  return null;
}
