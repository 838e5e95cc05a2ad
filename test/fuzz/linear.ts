import type { Target } from './target.ts';

/** Sixteen times as much at each step, to where a parser of quadratic time takes seconds. */
const step = 16;
const sizes = [256, 256 * step, 256 * step * step];
/** Less CPU time than this says nothing, and is nothing to complain of. */
const noticeableMs = 40;
/** Sixteen times the input takes some sixteen times as long; what is quadratic takes 256 times. */
const tolerated = 64;

/** CPU milliseconds, so that what else the machine does counts little. */
async function cost(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The shapes of input that a target takes more than linear time for, and what it took. */
export async function slowerThanLinear<Input>(target: Target<Input>): Promise<readonly string[]> {
  const slow: string[] = [];
  const costOf = (input: Input) =>
    cost(async () => {
      try {
        await target.read(input);
      } catch {
        // That it may refuse the input is the other test's affair.
      }
    });
  /** Of several measurements the one that the rest of the machine disturbed least. */
  const leastCost = async (input: Input, times: number) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < times; i++) least = Math.min(least, await costOf(input));
    return Math.max(least, noticeableMs / 10);
  };

  for (const [shape, make] of Object.entries(target.growing)) {
    let before = Number.POSITIVE_INFINITY;
    for (const size of sizes) {
      const input = make(size);
      const now = await costOf(input);
      if (now > noticeableMs && now / before > tolerated) {
        const less = await leastCost(make(size / step), 3);
        const most = await leastCost(input, 2);
        if (most > noticeableMs && most / less > tolerated) {
          const [times, of] = [(most / less).toFixed(0), most.toFixed(0)];
          slow.push(
            `${shape}: ${size} characters take ${of} ms, ${times} times a ${step}th of them`,
          );
          break;
        }
      }
      before = Math.max(now, noticeableMs / 10);
    }
  }
  return slow;
}
