import { expect } from 'vitest';
import { canonicalAddress } from '../../../src/model/address/read.ts';
import type { PublishedPort } from '../../../src/model/socket/exposure.ts';
import { parseProxyCommand } from '../../../src/sources/linux/exposure/docker-proxy.ts';
import { parseIptables } from '../../../src/sources/linux/exposure/iptables.ts';
import { parseNftables } from '../../../src/sources/linux/exposure/nftables.ts';
import { type PortRules, publishedBy } from '../../../src/sources/linux/exposure/port-rule.ts';
import { textTarget } from '../target.ts';

/** Checks that ports and addresses are valid. */
function checkPorts(ports: readonly PublishedPort[]): void {
  for (const { hostPort, address } of ports) {
    expect(Number.isInteger(hostPort) && hostPort >= 0).toBe(true);
    expect(canonicalAddress(address)).toBe(address);
  }
}

const checkRules = (_: string, parsed: PortRules | null) =>
  checkPorts(publishedBy(parsed?.rules ?? []));

const iptables = textTarget({
  name: 'linux-iptables',
  covers: ['parseIptables'],
  alphabet: 'text',
  seeds: [
    '*nat\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80\nCOMMIT\n',
    '*nat\n-A PREROUTING -p udp -m multiport --dports 53,60:70 -j DNAT --to-destination [fd00::2]:5353-5363\n',
    '*nat\n-A PREROUTING -m comment --comment "a \\" -j b" -j A\n-A A -j A\n',
  ],
  read: parseIptables,
  check: checkRules,
});

const nftables = textTarget({
  name: 'linux-nftables',
  covers: ['parseNftables'],
  alphabet: 'text',
  seeds: [
    '{"nftables":[{"chain":{"family":"ip","table":"nat","name":"p","type":"nat","hook":"prerouting"}},{"rule":{"family":"ip","table":"nat","chain":"p","expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[80,{"range":[90,99]}]}}},{"dnat":{"addr":"10.0.0.2","port":8080}}]}}]}',
    '{"nftables":[{"rule":{"expr":[{"jump":{"target":"p"}},{"vmap":{}},{"xt":{"name":"DNAT"}}]}}]}',
  ],
  read: parseNftables,
  check: checkRules,
});

const proxy = textTarget({
  name: 'linux-docker-proxy',
  covers: ['parseProxyCommand'],
  alphabet: 'text',
  seeds: [
    '/usr/bin/docker-proxy\0-proto\0tcp\0-host-ip\0::\0-host-port\x008080\0-container-ip\x0f2.17.0.2\0-container-port\x0080\0',
  ],
  read: (text) => parseProxyCommand(text.split('\0')),
  check: (_, port) => checkPorts(port === null ? [] : [port.published]),
});

export const linuxFirewallTargets = [iptables, nftables, proxy];
