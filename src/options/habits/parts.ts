export const linux = ['linux'] as const;
export const unixes = ['linux', 'darwin'] as const;

/** How the rows of a listing are counted, by the means of each system's shell. */
export const counting = (listing: string) => ({
  ours: `${listing} | sort | uniq -c`,
  on: unixes,
  elsewhere: `${listing} | group -NoElement, in PowerShell`,
});

/** Where not every protocol and report is read, the system's own netstat may have it. */
export const ownNetstat = "see the system's own netstat";

/** A name of a user or a program, and no word of expressions. */
export const bareName =
  /^(?!(?:.?port|src|dst|local|remote|state|exclude|not|and|or|proto|user|pid|program)$)[A-Za-z_][\w.-]*$/;

/** Columns by which sockets may be counted. */
export const countedColumn =
  /^(?:state|proto|program|pid|user|src|dst|local|remote|lport|rport|workload|unit|container)$/;

/** The usual names of interfaces. */
export const anInterface =
  /^(?:lo\d?|eth\d+|en[opsx]\w+|wl[opsx]\w+|docker\d+|br\d+|veth\w+|wg\d+)$/;

/** The flags of a report, alone or in a bundle. */
export const interfacesBeside = /^-[A-Za-z0-9]*[iI]|^--interfaces$/;
export const routesBeside = /^-[A-Za-z0-9]*r|^--route$/;

/** The two flags that take an address or a network. */
export const bothEnds = (text: string) => `--remote ${text}, or --local ${text}`;
