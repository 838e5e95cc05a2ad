import { accessSync, constants, statSync } from 'node:fs';
import { clearTimeout, setTimeout } from '../../../flow/real-time.ts';
import { podFromLabels } from './container-files.ts';
import { type ContainerName, imageFrom, namedBy, nameFrom } from './container-name.ts';
import { elements, jsonFrom, member } from './json.ts';
import { pathOn } from './machine-files.ts';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Sockets of engines with Docker's API: Docker's own, and Podman's service. */
const systemSockets = ['/var/run/docker.sock', '/run/podman/podman.sock'] as const;
const userSockets = ['podman/podman.sock', 'docker.sock'] as const;

/** A longer path does not fit into `sun_path` (unix(7)), and would be cut. */
const longestPath = 107;

/**
 * The sockets of a machine's engines that we may connect to; on our own machine (`root` is empty) also those of the
 * current user. `whose`: `'ours'` for the current user's only.
 */
export function engineSockets(
  root: string,
  environment: Environment,
  whose: 'all' | 'ours' = 'all',
): readonly string[] {
  const found = new Map<string, string>();
  const offer = (path: string | null, isWanted: (uid: number) => boolean) => {
    if (path === null || Buffer.byteLength(path) > longestPath) return;
    try {
      const stats = statSync(path);
      if (!stats.isSocket() || !isWanted(stats.uid)) return;
      accessSync(path, constants.R_OK | constants.W_OK);
      // One may be a link to the other.
      const key = `${stats.dev}:${stats.ino}`;
      if (!found.has(key)) found.set(key, path);
    } catch {
      // Missing, or not accessible.
    }
  };
  if (whose === 'all') for (const path of systemSockets) offer(pathOn(root, path), () => true);
  const folder = environment.XDG_RUNTIME_DIR;
  if (root === '' && folder?.startsWith('/')) {
    // The variable may be another user's: sudo can keep it.
    const isOurs = (uid: number) => uid === process.getuid?.();
    for (const name of userSockets) offer(`${folder}/${name}`, isOurs);
  }
  return [...found.values()];
}

/** An answer has 2 KiB for each container: enough for thousands. */
const mostBytes = 8 * 1024 * 1024;

type Request = typeof import('node:http').request;

/** The engine's answer with its running containers; null: none, or not in time. */
function ask(request: Request, socketPath: string, late: AbortSignal): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const path = '/containers/json?all=0';
    const asked = request({ socketPath, path, agent: false, headers: { host: 'localhost' } });
    const end = (answer: Buffer | null) => {
      late.removeEventListener('abort', giveUp);
      resolve(answer);
      asked.destroy();
    };
    const giveUp = () => end(null);
    late.addEventListener('abort', giveUp);
    // The listeners stay: later errors must not be unhandled.
    asked.on('error', giveUp);
    asked.on('close', giveUp);
    asked.on('response', (answer) => {
      answer.on('error', giveUp);
      if (answer.statusCode !== 200) return giveUp();
      const pieces: Buffer[] = [];
      let size = 0;
      answer.on('data', (piece: Buffer) => {
        size += piece.length;
        if (size > mostBytes) return giveUp();
        pieces.push(piece);
      });
      answer.on('end', () => end(answer.complete ? Buffer.concat(pieces) : null));
    });
    asked.end();
    if (late.aborted) giveUp();
  });
}

/** A limit above what one engine runs. */
const mostContainers = 100_000;

/** A container's own name among several: the others are `/other/alias`, of links. */
function ownName(names: unknown): string | null {
  for (const text of elements(names, 64)) {
    const name = nameFrom(text)?.replace(/^\//, '') ?? '';
    if (name !== '' && !name.includes('/')) return name;
  }
  return null;
}

/** Parses the answer to `GET /containers/json` of Docker's or Podman's API: containers by ID. */
export function parseContainerList(text: string | Buffer): ReadonlyMap<string, ContainerName> {
  const found = new Map<string, ContainerName>();
  for (const container of elements(jsonFrom(text), mostContainers)) {
    const id = nameFrom(member(container, 'Id'));
    if (id === null || found.has(id)) continue;
    const named = namedBy(ownName(member(container, 'Names')));
    const pod = podFromLabels(member(container, 'Labels')) ?? named.pod;
    found.set(id, {
      name: pod === null ? named.name : pod.container,
      pod,
      image: imageFrom(member(container, 'Image')),
    });
  }
  return found;
}

/**
 * Asks the engines at several sockets, in parallel, for their running containers. Engines that do not answer within
 * `deadline` milliseconds, or whose answer is invalid, are ignored.
 */
export async function containersOfEngines(
  sockets: readonly string[],
  deadline: number,
): Promise<ReadonlyMap<string, ContainerName>> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deadline);
  try {
    const { request } = await import('node:http');
    const answers = await Promise.all(sockets.map((path) => ask(request, path, late.signal)));
    const found = new Map<string, ContainerName>();
    for (const answer of answers) {
      if (answer === null) continue;
      for (const [id, name] of parseContainerList(answer)) if (!found.has(id)) found.set(id, name);
    }
    return found;
  } finally {
    clearTimeout(timer);
  }
}
