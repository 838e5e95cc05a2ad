import type { InetProtocol } from '../../model/protocol.ts';
import { type ServiceAsked, serviceProtocols } from '../../model/report/service.ts';
import type { FilterOptions, Query } from '../../model/request/query.ts';

/** Looks up a service's port; undefined: the name is unknown. */
type ServiceNumber = (name: string, protocol: InetProtocol) => number | undefined;

/**
 * The one service that the filters ask about: a single port, else a single program, else a single address or
 * network. null: they ask about several, or about something else.
 */
export async function serviceAsked(
  { port, program, remote }: FilterOptions,
  { protocols }: Pick<Query, 'protocols'>,
  serviceNumber: () => Promise<ServiceNumber>,
): Promise<ServiceAsked | null> {
  const [onePort] = port;
  if (port.length === 1 && onePort !== undefined) {
    const number = await portNumber(onePort, protocols, serviceNumber);
    if (number !== null) return { by: 'port', value: String(number) };
  }
  if (port.length > 0) return null;
  const [by, values] =
    program.length > 0 ? (['program', program] as const) : (['remote', remote] as const);
  const [value = ''] = values;
  return values.length === 1 && !value.includes(',') ? { by, value } : null;
}

async function portNumber(
  text: string,
  protocols: Query['protocols'],
  serviceNumber: () => Promise<ServiceNumber>,
): Promise<number | null> {
  const bare = text.replace(/^:/, '');
  const digits = /^(?:0x[0-9a-f]{1,4}|\d{1,5})$/i.test(bare) ? Number(bare) : null;
  if (digits !== null) return digits > 0 && digits < 65_536 ? digits : null;
  if (!/^[\p{L}\d][^\s:,[\]]*$/u.test(bare) || /^\d+-\d+$/.test(bare)) return null;
  const numberOf = await serviceNumber();
  for (const protocol of serviceProtocols) {
    const number = protocols.includes(protocol) ? numberOf(bare, protocol) : undefined;
    if (number !== undefined) return number;
  }
  return null;
}
