/**
 * Stands in for the program when shells ask it what to offer: on a machine of its own, whose programs have
 * hostile or merely odd names. argv: the shell's name.
 */
import { answer } from '../../../src/commands/completion.ts';
import type { Shell } from '../../../src/options/completion/shells.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { fakeSource } from '../../support/fake-source.ts';
import { interfaces, machine } from './machine.ts';

const { host } = fakeHost({ env: process.env });
const source = async () => fakeSource({ batches: [machine], interfaces });
answer(process.argv[2] as Shell, [], host, source).then((text) => process.stdout.write(text));
