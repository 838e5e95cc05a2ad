import { expect } from 'vitest';
import { isNetstatError } from '../../../src/errors.ts';
import type { Row, Warning } from '../../../src/model/report/snapshot.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { parseGroups } from '../../../src/sources/darwin/groups.ts';
import { parseInterfaces } from '../../../src/sources/darwin/interfaces.ts';
import { parseProcesses, programName } from '../../../src/sources/darwin/processes.ts';
import { parseRoutes } from '../../../src/sources/darwin/routes.ts';
import { socketProblems, warningProblems } from '../../contract/problems.ts';
import { parseInetSockets, parseUnixSockets } from '../../sources/darwin/helpers.ts';
import { groupProblems, interfaceProblems, routeProblems } from '../row-problems.ts';
import { fixtureSeeds } from '../seeds.ts';
import { textTarget } from '../target.ts';

interface Told<R> {
  readonly rows: readonly R[];
  readonly warnings: readonly Warning[];
}

/** The parser's result; a refusal becomes a warning. */
function parsedOrRefused<R>(
  parse: (text: string, source: string) => Told<R>,
  text: string,
): Told<R> {
  try {
    return parse(text, 'netstat');
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return {
      rows: [],
      warnings: [{ code: 'malformed', message: error.message, source: 'netstat' }],
    };
  }
}

function textOfNetstat<R extends Row>(
  file: string,
  covers: readonly string[],
  parse: (text: string, source: string) => Told<R>,
  problems: (row: R) => readonly string[],
) {
  return textTarget({
    name: `macos-${file}`,
    covers,
    seeds: fixtureSeeds('darwin', `${file}.txt`),
    alphabet: 'text',
    header: 2,
    read: (text) => parsedOrRefused(parse, text),
    check: (text, { rows, warnings }) => {
      expect(rows.flatMap(problems)).toEqual([]);
      expect(warnings.flatMap(warningProblems)).toEqual([]);
      expect(rows.length).toBeLessThanOrEqual(text.split('\n').length);
      // Without rows and warnings there was no line of a table, not even an unfinished last one.
      if (rows.length > 0 || warnings.length > 0) return;
      const table = parse(`${text}\n`, 'netstat');
      expect([table.rows, table.warnings]).toEqual([[], []]);
    },
  });
}

const sockets = (file: string) =>
  textOfNetstat<Socket>(
    file,
    ['inetSocketParser', 'parseEndpoint', 'parseTcpState'],
    parseInetSockets,
    socketProblems,
  );

export const darwinTargets = [
  sockets('tcp'),
  sockets('udp'),
  textOfNetstat('unix', ['unixSocketParser'], parseUnixSockets, socketProblems),
  textOfNetstat('routes-inet', ['parseRoutes', 'parseNetwork4'], parseRoutes, routeProblems),
  textOfNetstat('routes-inet6', ['parseRoutes', 'parseNetwork6'], parseRoutes, routeProblems),
  textOfNetstat('interfaces', ['parseInterfaces'], parseInterfaces, interfaceProblems),
  textOfNetstat('groups', ['parseGroups'], parseGroups, groupProblems),
  textTarget({
    name: 'macos-ps',
    covers: ['parseProcesses', 'programName'],
    seeds: fixtureSeeds('darwin', 'ps-comm.txt'),
    alphabet: 'text',
    read: parseProcesses,
    check: (_, processes) => {
      for (const [pid, text] of processes) {
        expect(Number.isInteger(pid) && pid >= 0).toBe(true);
        expect(programName(text)).not.toBe('');
      }
    },
  }),
];
