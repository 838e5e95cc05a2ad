import { type Family, familyNamed, inetProtocols, protocolFlag } from '../model/protocol.ts';
import { allFlags } from './flag-table.ts';
import { shownValue, usageError } from './usage.ts';

/** net-tools' families that are not listed here; the long option of the same name says why. */
const unlisted = ['ax25', 'bluetooth', 'ddp', 'econet', 'ipx', 'netrom', 'rose', 'x25'];

/** A value of -A. @throws NetstatError `usage` */
export function parseFamily(given: string): Family {
  const family = familyNamed(given);
  if (family !== undefined) return family;
  // A = behind the letter is part of the value.
  const name = given.replace(/^=/, '');
  const refusal = unlisted.includes(name) ? refusalOf(name) : undefined;
  // ss's -A takes protocols.
  const protocol = inetProtocols.find((one) => one === name);
  const flag =
    familyNamed(name) !== undefined
      ? `; type -A ${name}`
      : protocol !== undefined
        ? `; for the protocol type ${protocolFlag(protocol)}`
        : /^\d+$/.test(name)
          ? `; for a port type --port ${shownValue(name)}`
          : '';
  throw usageError(
    `-A ${shownValue(given)}: ${refusal ?? `not an address family; these are inet, inet6 and unix${flag}`}`,
  );
}

function refusalOf(long: string): string | undefined {
  return allFlags.find((flag) => flag.long === long)?.refusal;
}
