import { canonicalAddress } from '../../../model/read-address.ts';
import type { ContainerName, PublishedPort } from './container-name.ts';
import { elements, member, members } from './json.ts';

/** The parts of a container's network that an engine reports. */
type Network = Pick<ContainerName, 'addresses' | 'ports'>;

/** The most addresses, and the most ports, that are kept of one container. */
const most = 1024;

/** A port number, as text or number; null if invalid. */
function portFrom(value: unknown): number | null {
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65536
    ? port
    : null;
}

/** An address in canonical form; null if invalid. */
function addressFrom(value: unknown): string | null {
  return typeof value === 'string' ? canonicalAddress(value) : null;
}

/** A published port; null if incomplete. An empty host address means any. */
function published(
  protocol: unknown,
  hostAddress: unknown,
  hostPort: unknown,
  port: unknown,
): PublishedPort | null {
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') return null;
  const address = hostAddress === '' ? '0.0.0.0' : addressFrom(hostAddress);
  const [host, own] = [portFrom(hostPort), portFrom(port)];
  if (address === null || host === null || own === null) return null;
  return { protocol, hostAddress: address, hostPort: host, port: own };
}

/** The addresses in `NetworkSettings.Networks`, the same in Docker's files and answers. */
function addressesOf(settings: unknown): readonly string[] {
  const found = new Set<string>();
  for (const [, network] of members(member(settings, 'Networks'), most)) {
    for (const key of ['IPAddress', 'GlobalIPv6Address']) {
      const address = addressFrom(member(network, key));
      if (address !== null) found.add(address);
    }
  }
  return [...found];
}

const isThere = <T>(value: T | null): value is T => value !== null;

/** `NetworkSettings` of Docker's config.v2.json: `Ports` is `{"80/tcp": [{HostIp, HostPort}]}`. */
export function networkOfDocker(settings: unknown): Network {
  const ports = members(member(settings, 'Ports'), most).flatMap(([key, bindings]) => {
    const [port, protocol] = key.split('/');
    return elements(bindings, most).map((one) =>
      published(protocol, member(one, 'HostIp'), member(one, 'HostPort'), port),
    );
  });
  return { addresses: addressesOf(settings), ports: ports.filter(isThere).slice(0, most) };
}

/** The same for a container in the answer to `GET /containers/json`, where `Ports` is a list. */
export function networkOfAnswer(container: unknown): Network {
  const ports = elements(member(container, 'Ports'), most).map((one) =>
    published(
      member(one, 'Type'),
      member(one, 'IP'),
      member(one, 'PublicPort'),
      member(one, 'PrivatePort'),
    ),
  );
  return {
    addresses: addressesOf(member(container, 'NetworkSettings')),
    ports: ports.filter(isThere),
  };
}
