/**
 * Stands in for the program when shells ask it what to offer: on a machine of its own, whose programs have
 * hostile or merely odd names. One process answers them all, over TCP: `stand-in.bash` asks it. Prints its port.
 */
import { createServer } from 'node:net';
import { answer } from '../../../src/commands/completion.ts';
import type { Shell } from '../../../src/options/completion/shells.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { fakeSource } from '../../support/fake-source.ts';
import { interfaces, machine } from './machine.ts';

/** Three texts, each ended by a NUL: the shell's name and two variables, `=` before the value of one that is set. */
function answerTo(asked: string): Promise<string> {
  const [shell, ...values] = asked.split('\0');
  const names = ['TSNETSTAT_LINE', 'TSNETSTAT_WORD'];
  const given = names.flatMap((name, at) => {
    const value = values[at] ?? '';
    return value.startsWith('=') ? [[name, value.slice(1)]] : [];
  });
  const { host } = fakeHost({ env: Object.fromEntries(given) });
  const source = async () => fakeSource({ batches: [machine], interfaces });
  return answer(shell as Shell, [], host, source);
}

const server = createServer({ allowHalfOpen: true }, (client) => {
  let asked = '';
  client.setEncoding('utf8');
  // A shell stops what asks when more is typed.
  client.on('error', () => client.destroy());
  client.on('data', (text: string) => {
    asked += text;
    if (asked.split('\0').length > 3) answerTo(asked).then((offers) => client.end(offers));
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${Object(server.address()).port}\n`));
