/**
 * Replaces addresses by ones reserved for documentation (RFC 5737, RFC 3849), the same address always by the same.
 * The kind of an address stays: any, loopback, link-local, multicast, broadcast, IPv4-mapped; so does sharing a /24
 * or /64 with another. Addresses are in network order: 8 or 32 hexadecimal digits in lower case.
 */

/** Networks of 256 addresses: those for documentation, then those for benchmarks (RFC 2544). */
const inventedNetworks = ['c00002', 'c63364', 'cb0071'];
for (let i = 0; i < 512; i++) inventedNetworks.push((0xc61200 + i).toString(16));

/** Numbers things in the order in which they are first seen, from 1. */
function counter() {
  const known = new Map();
  return (key) => {
    if (!known.has(key)) known.set(key, known.size + 1);
    return known.get(key);
  };
}

export function addressInventor() {
  const networkNumber = counter();
  const hostNumbers = new Map();
  const prefixNumber = counter();
  const interfaceNumber = counter();
  const solicitedNumber = counter();
  const hardwareNumber = counter();

  function ipv4(digits) {
    const first = Number.parseInt(digits.slice(0, 2), 16);
    const isKept = first === 0 || first === 127 || first >= 224 || digits.startsWith('a9fe');
    if (isKept) return digits;
    const network = digits.slice(0, 6);
    const invented = inventedNetworks[networkNumber(network) - 1];
    if (invented === undefined) throw new Error('--anonymize: more than 515 networks');
    const host = digits.slice(6);
    if (host === '00' || host === 'ff') return invented + host;
    if (!hostNumbers.has(network)) hostNumbers.set(network, counter());
    return invented + hostNumbers.get(network)(host).toString(16).padStart(2, '0');
  }

  function interfacePart(digits) {
    const part = digits.slice(16);
    return /^0+$/.test(part) ? part : interfaceNumber(part).toString(16).padStart(16, '0');
  }

  function ipv6(digits) {
    if (/^0{31}[01]$/.test(digits)) return digits;
    if (/^0{20}ffff/.test(digits)) return digits.slice(0, 24) + ipv4(digits.slice(24));
    if (/^0{24}/.test(digits)) return digits.slice(0, 24) + ipv4(digits.slice(24));
    // A solicited-node group (RFC 4291 section 2.7.1) repeats the end of an address.
    if (digits.startsWith('ff0200000000000000000001ff')) {
      return digits.slice(0, 26) + solicitedNumber(digits).toString(16).padStart(6, '0');
    }
    if (digits.startsWith('ff')) return digits;
    if (/^fe[89ab]/.test(digits)) return digits.slice(0, 16) + interfacePart(digits);
    const prefix = prefixNumber(digits.slice(0, 16)).toString(16).padStart(8, '0');
    return `20010db8${prefix}${interfacePart(digits)}`;
  }

  function hardware(text) {
    if (/^(00:)*00$|^(ff:)*ff$/.test(text)) return text;
    const number = hardwareNumber(text).toString(16).padStart(4, '0');
    return `02:00:5e:00:${number.slice(0, 2)}:${number.slice(2)}`;
  }

  return { ipv4, ipv6, hardware };
}
