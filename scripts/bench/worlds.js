/**
 * The load on the machine: a title, which is a function where the load comes in sizes, the arguments of the opener
 * (native/opener.c) that makes it, and the `ip -batch` input that adds and removes links and routes.
 */
const worlds = {
  quiet: {
    title: '100 processes of 8 descriptors, 10 of them with a socket',
    openers: () => idle(100),
  },
  idle: {
    title: '1,000 processes of 8 descriptors, 10 of them with a socket',
    openers: () => idle(1_000),
  },
  wide: {
    title: 'a quiet machine, and a process of 19,990 descriptors of which 100 are sockets',
    openers: () => [...idle(100), ['idle', 1, 19_990, 100]],
  },
  tcp: {
    title: (size, processes) => `${count(size)} sockets in ${count(processes)} processes`,
    openers: (size, processes) => [['tcp', size, processes]],
  },
  unix: {
    title: (size, processes) => `${count(size)} UNIX sockets in ${count(processes)} processes`,
    openers: (size, processes) => [['unix', size, processes]],
  },
  netns: {
    title: '100 network namespaces with a name and nothing in them',
    openers: () => [],
    links: () => eachNetns('add'),
    unlinks: () => eachNetns('delete'),
  },
  routes: {
    title: '100,000 routes',
    openers: () => [],
    links: () => routeBatch(100_000),
    unlinks: () => ['link delete r0'],
  },
  // Removing these takes as long as adding them, so they come last and stay.
  interfaces: {
    title: '5,000 interfaces, every second one with an IPv4 address',
    openers: () => [],
    links: () => interfaceBatch(5_000),
  },
};

function eachNetns(verb) {
  return Array.from({ length: 100 }, (_, at) => `netns ${verb} n${at}`);
}

/** The `ip -batch` input for pairs of virtual Ethernet links. */
function interfaceBatch(count) {
  const lines = [];
  for (let at = 0; at < count / 2; at++) {
    lines.push(
      `link add v${at} type veth peer name w${at}`,
      `address add 10.${at >> 8}.${at & 255}.1/24 brd + dev v${at}`,
      `link set v${at} up`,
      `link set w${at} up`,
    );
  }
  return lines;
}

/** The same for host routes, alternately over a gateway and direct. */
function routeBatch(count) {
  const lines = [
    'link add r0 type veth peer name r1',
    'address add 192.0.2.1/24 dev r0',
    'link set r1 up',
    'link set r0 up',
  ];
  for (let at = 0; at < count; at++) {
    const way = at % 2 ? 'via 192.0.2.2' : 'dev r0';
    lines.push(`route add 10.${at >> 16}.${(at >> 8) & 255}.${at & 255} ${way}`);
  }
  return lines;
}

/** The processes with sockets are in the middle: neither first nor last in a walk. */
function idle(processes) {
  const others = (processes - 10) / 2;
  return [
    ['idle', others, 8, 0],
    ['idle', 10, 8, 1],
    ['idle', others, 8, 0],
  ];
}

const count = (number) => number.toLocaleString('en-US');

/** Every world that the cases need, in order, with its cases: each world is set up once. */
export function worldsFor(cases, sizes, processes) {
  const plans = [];
  for (const [name, world] of Object.entries(worlds)) {
    const inIt = cases.filter((one) => one.world === name);
    if (inIt.length === 0) continue;
    const { title } = world;
    const isSized = typeof title === 'function';
    for (const size of isSized ? sizes : [null]) {
      plans.push({
        title: isSized ? title(size, processes) : title,
        size,
        openers: world.openers(size, processes),
        links: world.links,
        unlinks: world.unlinks,
        cases: inIt,
      });
    }
  }
  return plans;
}
