import { steadyNow } from '../../../flow/steady-clock.ts';
import { canonicalAddress } from '../../../model/address/read.ts';
import type { InterfaceAddress } from '../../../model/machine/interface.ts';
import { flagBits, interfaceFlags } from '../../../model/machine/interface-flags.ts';
import { isJsonObject, type JsonObject } from '../../../text/json-object.ts';
import { systemPrograms } from '../../../trust/system-path.ts';
import type { WarningSink } from '../../source.ts';
import { refused, refusedWarning } from '../refused.ts';
import { runProgram } from '../run-program.ts';
import { decodeText } from '../text.ts';
import { hardwareAddressOf, type LinkFacts, type Links } from './facts.ts';
import { linkTypeNamed } from './link-types.ts';

/** The time limit for all `ip` that are tried together; more where there are many interfaces. */
const timeLimitMs = 2000;
const timeLimitMsEach = 1;

/** Runs a command: its output; null: it failed or exceeded the limit (milliseconds). See `runProgram`. */
export type RunProgram = (
  command: readonly string[],
  limitMs: number,
  lacking?: (error: unknown) => void,
) => Promise<Buffer | null>;

/**
 * The links of our own network namespace, or of the one in which `run` runs programs; null, with a warning, if
 * there is no `ip` that supports JSON. iproute2's is used because no file contains an IPv4 address with its label,
 * broadcast and peer, nor whether the user or the kernel itself made an interface promiscuous.
 * @param path PATH
 * @param devices how many there are
 */
export async function askIp(
  path: string | undefined,
  devices: number,
  warnings: WarningSink,
  run: RunProgram = runProgram,
): Promise<Links | null> {
  const limit = timeLimitMs + devices * timeLimitMsEach;
  let lacked: unknown = null;
  const links = await firstAnswer(systemPrograms('ip', path), limit, (command, left) =>
    run(command, left, (error) => {
      lacked = error;
    }),
  );
  if (links instanceof Map) return links;
  if (lacked !== null) {
    warnings.warn(refusedWarning('ip', refused('ip (iproute2)', lacked, 'run')));
    return null;
  }
  const what =
    links === 'late'
      ? `no answer in ${limit / 1000} seconds`
      : 'not installed, or too old for JSON';
  warnings.warn({
    code: 'absent',
    message: `ip (iproute2): ${what}; the far ends of point-to-point links are unknown`,
    source: 'ip',
  });
  return null;
}

/** The first valid answer of these commands, which share one deadline. */
export async function firstAnswer(
  commands: readonly string[],
  limitMs: number,
  run: RunProgram = runProgram,
): Promise<Links | 'late' | null> {
  const deadline = steadyNow() + limitMs;
  for (const command of commands) {
    const left = deadline - steadyNow();
    if (left <= 0) return 'late';
    const output = await run([command, '-json', 'address', 'show'], left);
    const links = output === null ? null : parseIpAddress(output);
    if (links !== null) return links;
  }
  return deadline <= steadyNow() ? 'late' : null;
}

/**
 * Parses the output of `ip -json address show`: the links that it names, each with the facts that have the expected
 * form; null if it is not a list of links.
 */
export function parseIpAddress(output: Buffer): Links | null {
  const links = new Map<string, LinkFacts>();
  const elements = elementsOf(output);
  if (elements === null) return null;
  for (const [start, end] of elements) {
    const text = output.toString('latin1', start, end);
    const object = jsonOf(text) ?? jsonOf(repaired(text));
    if (object === null) return null;
    if (!isJsonObject(object)) continue;
    const name = textIn(object.ifname);
    if (name !== null) links.set(bytesText(name), factsOf(object, name));
  }
  return links;
}

const [quote, backslash, comma] = Buffer.from('"\\,');
const [openList, closeList, openObject, closeObject] = Buffer.from('[]{}');

/**
 * The start and end of each element of a list, so that they can be parsed one by one: thousands of links at once
 * would take tens of megabytes. null: not a list, or incomplete.
 */
function elementsOf(json: Buffer): [start: number, end: number][] | null {
  const elements: [number, number][] = [];
  let depth = 0;
  let inText = false;
  let start = 0;
  let end: number | null = null;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (inText) {
      if (byte === backslash) at++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) {
      inText = true;
    } else if (byte === openList || byte === openObject) {
      if (depth++ === 0) start = at + 1;
    } else if (byte === closeList || byte === closeObject) {
      if (--depth !== 0) continue;
      if (end !== null) return null;
      end = at;
    } else if (byte === comma && depth === 1) {
      elements.push([start, at]);
      start = at + 1;
    }
  }
  const first = json.toString('latin1', 0, 64).trimStart();
  if (end === null || depth !== 0 || inText || !first.startsWith('[')) return null;
  if (json.toString('latin1', end + 1).trim() !== '') return null;
  const isEmpty = elements.length === 0 && json.toString('latin1', start, end).trim() === '';
  if (!isEmpty) elements.push([start, end]);
  return elements;
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An unsigned 32-bit number. */
function countIn(value: unknown): number | null {
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return isCount && value <= 0xffff_ffff ? value : null;
}

function inetIn(value: unknown): string | null {
  const address = canonicalAddress(textIn(value) ?? '');
  return address === null || address.includes(':') ? null : address;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `ip` does not escape control characters in a name, and writes `'` as `\'`; JSON allows neither. */
function repaired(text: string): string {
  return text
    .trim()
    .replace(/\\(.)/g, (pair, character) => (character === "'" ? "'" : pair))
    .replace(
      /[\u0000-\u001f]/g,
      (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** Decodes text whose characters stand for bytes. */
function bytesText(latin1: string): string {
  return decodeText(Buffer.from(latin1, 'latin1'));
}

function factsOf(link: JsonObject, name: string): LinkFacts {
  const linkType = linkTypeNamed(textIn(link.link_type) ?? '');
  return {
    index: countIn(link.ifindex),
    mtu: countIn(link.mtu),
    flagBits: bitsOf(link.flags),
    linkType,
    hardwareAddress: hardwareAddressOf(hexAddress(textIn(link.address) ?? ''), linkType),
    // `ip` omits a queue length of 0.
    txQueueLength: link.txqlen === undefined ? 0 : countIn(link.txqlen),
    addresses: inetAddresses(link.addr_info, name),
  };
}

/** `ip` omits RUNNING, and reports NO-CARRIER for an interface that is up without it. */
function bitsOf(flags: unknown): number | null {
  if (!Array.isArray(flags) || !flags.every((flag) => typeof flag === 'string')) return null;
  const running = flags.includes('UP') && !flags.includes('NO-CARRIER');
  return flagBits(flags) | (running ? interfaceFlags.RUNNING : 0);
}

/** Converts a tunnel's end, written as an IPv4 address, to bytes in hex. */
function hexAddress(text: string): string {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text;
  return text
    .split('.')
    .map((byte) => Number(byte).toString(16).padStart(2, '0'))
    .join(':');
}

/** null if any of them is in a form that `ip` does not write: then none can be trusted. */
function inetAddresses(list: unknown, name: string): InterfaceAddress[] | null {
  if (!Array.isArray(list)) return null;
  const found: InterfaceAddress[] = [];
  for (const one of list) {
    if (!isJsonObject(one)) return null;
    if (one.family !== 'inet') continue;
    const address = inetIn(one.local);
    const prefixLength = countIn(one.prefixlen);
    if (address === null || prefixLength === null || prefixLength > 32) return null;
    found.push({
      family: 'inet',
      address,
      prefixLength,
      broadcast: inetIn(one.broadcast),
      peer: inetIn(one.address),
      scope: null,
      label: bytesText(textIn(one.label) ?? name),
    });
  }
  return found;
}
