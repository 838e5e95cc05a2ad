/**
 * What the machine is busy with: a title, whether it comes in sizes, and how the opener
 * (native/opener.c) is called to make it.
 */
export const worlds = {
  quiet: {
    title: '100 processes of 8 descriptors, 10 of them with a socket',
    sized: false,
    openers: () => idle(100),
  },
  idle: {
    title: '1,000 processes of 8 descriptors, 10 of them with a socket',
    sized: false,
    openers: () => idle(1_000),
  },
  wide: {
    title: 'a quiet machine, and a process of 19,990 descriptors of which 100 are sockets',
    sized: false,
    openers: () => [...idle(100), ['idle', 1, 19_990, 100]],
  },
  tcp: {
    title: (size, processes) => `${count(size)} sockets in ${count(processes)} processes`,
    sized: true,
    openers: (size, processes) => [['tcp', size, processes]],
  },
  unix: {
    title: (size, processes) => `${count(size)} UNIX sockets in ${count(processes)} processes`,
    sized: true,
    openers: (size, processes) => [['unix', size, processes]],
  },
};

/** Those with sockets in the middle: neither the first nor the last that a walk comes to. */
function idle(processes) {
  const others = (processes - 10) / 2;
  return [
    ['idle', others, 8, 0],
    ['idle', 10, 8, 1],
    ['idle', others, 8, 0],
  ];
}

const count = (number) => number.toLocaleString('en-US');

/** Every world that the cases need, in order, each with its cases: a world is made once. */
export function worldsFor(cases, sizes, processes) {
  const plans = [];
  for (const [name, world] of Object.entries(worlds)) {
    const inIt = cases.filter((one) => one.world === name);
    if (inIt.length === 0) continue;
    for (const size of world.sized ? sizes : [null]) {
      plans.push({
        title: world.sized ? world.title(size, processes) : world.title,
        size,
        openers: world.openers(size, processes),
        cases: inIt,
      });
    }
  }
  return plans;
}
