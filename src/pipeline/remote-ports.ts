import { errorNaming, NetstatError } from '../errors.ts';
import { type InetProtocol, inetProtocols } from '../model/protocol.ts';
import type { NameResolver } from '../resolve/index.ts';
import { parsePorts } from '../select/ports.ts';
import { isProblem } from '../select/problem.ts';

/** The remote ports that get labels of their own. */
export interface RemotePorts {
  /** In the requested order. */
  readonly labels: readonly string[];
  labelOf(port: number, protocol: InetProtocol): string | undefined;
}

/**
 * Parses the values of `--metrics-remote`: a range of ports is one label; a service becomes its port number.
 * @throws NetstatError `usage`
 */
export function remotePorts(texts: readonly string[], resolver: NameResolver): RemotePorts {
  const labels: string[] = [];
  const all = new Map<InetProtocol, Map<number, string>>(
    inetProtocols.map((one) => [one, new Map()]),
  );
  const put = (protocol: InetProtocol, port: number, label: string) => {
    const known = all.get(protocol);
    if (known?.has(port) === false) known.set(port, label);
  };
  for (const text of texts) {
    const ports = parsePorts(text);
    if (isProblem(ports) || ports.kind === 'any') {
      const expected = isProblem(ports) ? ports.expected : `a port, found '*'`;
      throw errorNaming('usage', '--metrics-remote', `expected ${expected}`);
    }
    if (ports.kind === 'range') {
      const { low, high } = ports;
      const label = low === high ? String(low) : `${low}-${high}`;
      labels.push(label);
      for (const protocol of inetProtocols) {
        for (let port = low; port <= high; port++) put(protocol, port, label);
      }
      continue;
    }
    const numbers = inetProtocols.map((protocol) => resolver.serviceNumber(ports.name, protocol));
    const fallback = numbers.find((number) => number !== undefined);
    if (fallback === undefined) {
      throw new NetstatError(
        'usage',
        `--metrics-remote ${text}: no service of that name; give its port`,
        { path: '--metrics-remote' },
      );
    }
    labels.push(String(numbers[0] ?? fallback));
    for (const [i, protocol] of inetProtocols.entries()) {
      const port = numbers[i] ?? fallback;
      put(protocol, port, String(port));
    }
  }
  return {
    labels: [...new Set(labels)],
    labelOf: (port, protocol) => all.get(protocol)?.get(port),
  };
}
