/**
 * Link layers: ARPHRD_* of <linux/if_arp.h>, iproute2's word, and the name. Where netstat has a name, it is
 * netstat's.
 */
const linkTypes: readonly (readonly [arphrd: number, iproute2: string, name: string])[] = [
  [1, 'ether', 'Ethernet'],
  [7, 'arcnet', 'ARCnet'],
  [19, 'atm', 'ATM'],
  [24, 'ieee1394', 'IEEE 1394'],
  [27, 'eui64', 'Generic EUI-64'],
  [32, 'infiniband', 'InfiniBand'],
  [256, 'slip', 'Serial Line IP'],
  [257, 'cslip', 'VJ Serial Line IP'],
  [258, 'slip6', '6-bit Serial Line IP'],
  [259, 'cslip6', 'VJ 6-bit Serial Line IP'],
  [264, 'adapt', 'Adaptive Serial Line IP'],
  [280, 'can', 'CAN'],
  [512, 'ppp', 'Point-to-Point Protocol'],
  [513, 'hdlc', '(Cisco)-HDLC'],
  [516, 'lapb', 'LAPB'],
  [519, 'rawip', 'Raw IP'],
  [768, 'ipip', 'IPIP Tunnel'],
  [769, 'tunnel6', 'IPv6 Tunnel'],
  [770, 'frad', 'Frame Relay Access Device'],
  [772, 'loopback', 'Local Loopback'],
  [774, 'fddi', 'Fiber Distributed Data Interface'],
  [776, 'sit', 'IPv6-in-IPv4'],
  [778, 'gre', 'GRE Tunnel'],
  [779, 'pimreg', 'PIM Register'],
  [780, 'hippi', 'HIPPI'],
  [782, 'econet', 'Econet'],
  [801, 'ieee802.11', 'IEEE 802.11'],
  [802, 'ieee802.11/prism', 'IEEE 802.11 Prism'],
  [803, 'ieee802.11/radiotap', 'IEEE 802.11 Radiotap'],
  [804, 'ieee802.15.4', 'IEEE 802.15.4'],
  [805, 'ieee802.15.4/monitor', 'IEEE 802.15.4 Monitor'],
  [823, 'gre6', 'GRE Tunnel over IPv6'],
  [824, 'netlink', 'Netlink Monitor'],
  [825, '6lowpan', '6LoWPAN'],
  [826, 'vsockmon', 'Vsock Monitor'],
  [65534, 'none', 'No Link Layer'],
];

const byNumber = new Map(linkTypes.map(([number, , name]) => [number, name]));
const byWord = new Map(linkTypes.map(([, word, name]) => [word, name]));

/** null: this version has no name for the number. */
export function linkTypeOf(arphrd: number): string | null {
  return byNumber.get(arphrd) ?? null;
}

/** `word` as iproute2 prints it: a name, or `[number]`. */
export function linkTypeNamed(word: string): string | null {
  const number = /^\[(\d+)\]$/.exec(word)?.[1];
  return number === undefined ? (byWord.get(word) ?? null) : linkTypeOf(Number(number));
}
