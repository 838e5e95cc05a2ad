/** Both programs read the zoo's living /proc, as root and as a user who may see little of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SocketSource } from '../../src/model/request/listing.ts';
import { isExecutable } from '../support/program.ts';
import { cases, showsTimers, table } from './cases.ts';
import { asNetTools } from './deviations.ts';
import { skipReason, startZoo, type Visit, type Zoo } from './zoo.ts';

const attempts = 8;
const nobody = 65534;

/** The cases for which the living table can hold still; of an executable, whose tables the same code prints, every sixth. */
const still = cases
  .filter((args) => !showsTimers(args))
  .filter((_, at) => !isExecutable || at % 6 === 0);

describe.skipIf(skipReason)(`the living zoo ${skipReason ?? ''}`, () => {
  let zoo: Zoo;

  beforeAll(async () => {
    zoo = await startZoo('ordinary');
  });
  afterAll(() => zoo?.stop());

  /**
   * Compares what tsnetstat prints with what netstat prints before and after it, once these two
   * agree: then the table held still.
   */
  async function compare(
    args: readonly string[],
    visit: Visit,
    source: SocketSource = 'auto',
  ): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const before = await zoo.netstat(args, visit);
      const ours = await zoo.tsnetstat([...args, '--source', source], visit);
      const after = await zoo.netstat(args, visit);
      if (before.stdout.equals(after.stdout)) {
        const printed = asNetTools(ours.stdout.toString('latin1'), args, zoo.ready.programs);
        expect(printed, ours.stderr).toBe(before.stdout.toString('latin1'));
        expect(ours.code === 0, ours.stderr).toBe(before.code === 0);
        return;
      }
    }
    throw new Error(`the zoo did not hold still in ${attempts} attempts`);
  }

  it.each(table(still))('%s', (_, args) => compare(args, {}));

  /** Those that read Internet tables. */
  const inet = still.filter((args) => !/^-[xalnpW]*x[alnpW]*$/.test(args.join(' ')));
  /** What is chosen for small tables above are files: of these a few cases again. */
  const sources = { proc: inet.filter((_, at) => at % 8 === 0), netlink: inet } as const;
  describe.each(['proc', 'netlink'] as const)('--source %s', (source) => {
    it.each(table(sources[source]))('%s', (_, args) => compare(args, {}, source));
  });

  it.each(table(still).filter(([line]) => /p|^-a$|no flags|-xa$|-tan$/.test(line)))(
    'an unprivileged user: %s',
    (_, args) => compare(args, { uid: nobody }),
  );

  it.each(table(still).filter(([line]) => /e/.test(line)))(
    'an unprivileged user, --source netlink: %s',
    (_, args) => compare(args, { uid: nobody }, 'netlink'),
  );
});
