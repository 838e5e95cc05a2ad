/** netstat's default lists no servers, which is not what whoever names a port expects. */
export function leftOutText(servers: number): string {
  const what = servers === 1 ? '1 server that fits is' : `${servers} servers that fit are`;
  return `${what} left out; -l lists servers, -a servers and the rest`;
}

/** Numbers where names were wanted are no fault of the addresses. `timeout`: in milliseconds. */
export function givenUpText(addresses: number, timeout: number): string {
  const what =
    addresses === 1 ? '1 address shows as a number' : `${addresses} addresses show as numbers`;
  return `${what}: no answer within ${timeout / 1000} s (--resolve-timeout)`;
}
