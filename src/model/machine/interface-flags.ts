/** IFF_* of <linux/if.h>. Those that are read on other systems have the same bits in BSD; Windows has none. */
export const interfaceFlags = {
  UP: 0x1,
  BROADCAST: 0x2,
  DEBUG: 0x4,
  LOOPBACK: 0x8,
  POINTOPOINT: 0x10,
  NOTRAILERS: 0x20,
  RUNNING: 0x40,
  NOARP: 0x80,
  PROMISC: 0x100,
  ALLMULTI: 0x200,
  MASTER: 0x400,
  SLAVE: 0x800,
  MULTICAST: 0x1000,
  PORTSEL: 0x2000,
  AUTOMEDIA: 0x4000,
  DYNAMIC: 0x8000,
  LOWER_UP: 0x1_0000,
  DORMANT: 0x2_0000,
  ECHO: 0x4_0000,
} as const;

/** The names of the flags that are set, in the order of their bits. */
export function flagNames(bits: number): string[] {
  return Object.entries(interfaceFlags)
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name);
}

/** The bits of the names that are known flags. */
export function flagBits(names: readonly string[]): number {
  let bits = 0;
  for (const name of names) bits |= (interfaceFlags as Record<string, number>)[name] ?? 0;
  return bits;
}
