import { execFile } from 'node:child_process';
import type { InterfaceAddress } from '../../model/interface.js';
import { hardwareAddressOf, type LinkFacts, type Links } from './interfaces-facts.js';
import { flagBits, interfaceFlags } from './interfaces-flags.js';
import { linkTypeNamed } from './interfaces-link-types.js';
import { decodeText } from './text.js';

/**
 * iproute2's `ip` is asked because no file tells an IPv4 address with its label, broadcast and
 * peer, nor whether the user or the kernel itself made an interface promiscuous. The system's own
 * folders come before PATH: this may run as root.
 */
const commands = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip', 'ip'];
const timeLimitMs = 2000;

/** The links of our own network namespace; null where there is no `ip` that speaks JSON. */
export async function askIp(): Promise<Links | null> {
  for (const command of commands) {
    const output = await run(command, ['-json', 'address', 'show']);
    if (output !== null) return parseIpAddress(output);
  }
  return null;
}

function run(command: string, args: readonly string[]): Promise<Buffer | null> {
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      {
        encoding: 'buffer',
        timeout: timeLimitMs,
        maxBuffer: 1 << 28,
      },
      (error, stdout) => resolve(error === null ? stdout : null),
    );
  });
}

/** What is used of an object in the output of `ip -json address show`. */
interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu?: number;
  readonly txqlen?: number;
  readonly link_type?: string;
  readonly address?: string;
  readonly addr_info?: readonly {
    readonly family?: string;
    readonly local?: string;
    /** The far end, where it is not `local`. */
    readonly address?: string;
    readonly prefixlen?: number;
    readonly broadcast?: string;
    readonly label?: string;
  }[];
}

/** Reads the output of `ip -json address show`; null where it is not that. */
export function parseIpAddress(output: Buffer): Links | null {
  const text = output.toString('latin1');
  const objects = jsonOf(text) ?? jsonOf(repaired(text));
  if (!Array.isArray(objects)) return null;
  const links = new Map<string, LinkFacts>();
  for (const object of objects) {
    if (isLink(object)) links.set(bytesText(object.ifname), factsOf(object));
  }
  return links;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `ip` writes control characters of a name as they are, and `'` as `\'`; JSON allows neither. */
function repaired(text: string): string {
  return text
    .trim()
    .replace(/\\(.)/g, (pair, character) => (character === "'" ? "'" : pair))
    .replace(
      /[\u0000-\u001f]/g,
      (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** Text whose characters stand for bytes, to the text that those bytes spell. */
function bytesText(latin1: string): string {
  return decodeText(Buffer.from(latin1, 'latin1'));
}

function isLink(value: unknown): value is IpLink {
  const link = value as Partial<IpLink> | null;
  return (
    typeof link === 'object' &&
    link !== null &&
    typeof link.ifname === 'string' &&
    typeof link.ifindex === 'number' &&
    Array.isArray(link.flags)
  );
}

function factsOf(link: IpLink): LinkFacts {
  const linkType = linkTypeNamed(link.link_type ?? '');
  return {
    index: link.ifindex,
    mtu: link.mtu ?? null,
    flagBits: bitsOf(link.flags),
    linkType,
    hardwareAddress: hardwareAddressOf(hexAddress(link.address ?? ''), linkType),
    txQueueLength: link.txqlen ?? 0,
    addresses: inetAddresses(link),
  };
}

/** `ip` leaves RUNNING out, and says NO-CARRIER of an interface that is up without it. */
function bitsOf(flags: readonly string[]): number {
  const running = flags.includes('UP') && !flags.includes('NO-CARRIER');
  return flagBits(flags) | (running ? interfaceFlags.RUNNING : 0);
}

/** A tunnel's end, written as an IPv4 address, to the bytes it is. */
function hexAddress(text: string): string {
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(text)) return text;
  return text
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join(':');
}

function inetAddresses(link: IpLink): InterfaceAddress[] {
  const found: InterfaceAddress[] = [];
  for (const { family, local, address, prefixlen, broadcast, label } of link.addr_info ?? []) {
    if (family !== 'inet' || local === undefined || prefixlen === undefined) continue;
    found.push({
      family: 'inet',
      address: local,
      prefixLength: prefixlen,
      broadcast: broadcast ?? null,
      peer: address ?? null,
      scope: null,
      label: bytesText(label ?? link.ifname),
    });
  }
  return found;
}
