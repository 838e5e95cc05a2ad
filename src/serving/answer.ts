import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { MetricFormat } from '../model/request/metrics.ts';
import type { Credentials } from './credentials.ts';
import type { Encoded } from './exposition.ts';
import { namesNoDomain } from './host-header.ts';
import { formatFor, takesGzip } from './negotiate.ts';
import { overdue, type SharedReadings } from './shared-reading.ts';

/** How requests are answered, and whose. */
export interface AnswerParts {
  readonly version: string;
  /** null: no authentication. */
  readonly credentials: Credentials | null;
  /** Any Host header is accepted. */
  readonly anyone: boolean;
  /** How long a scrape waits for its reading, in milliseconds. */
  readonly timeout: number;
  /** The Content-Type of each format. */
  readonly contentTypes: Readonly<Record<MetricFormat, string>>;
  /** One line for the client that says why a reading failed. */
  failed(error: unknown): string;
  /** Called when a scrape was answered from a reading that was not late. */
  answered(): void;
}

/** What is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string | Buffer;
}

/** What a reading gave, ready to be sent. */
export interface EncodedScrape {
  readonly exposition: Encoded;
  isLate(): boolean;
}

const paths = ['/', '/metrics', '/healthz'];

/** The answer that everybody gets; null: the request needs authentication first. */
export function openAnswer(
  request: IncomingMessage,
  { credentials, anyone }: AnswerParts,
): Answer | null {
  const { method = '' } = request;
  const { host, path } = targetOf(request);
  if (method !== 'GET' && method !== 'HEAD') {
    return line(405, 'only GET and HEAD', { allow: 'GET, HEAD', connection: 'close' });
  }
  if (hasBody(request)) return line(413, 'a request must not have a body', { connection: 'close' });
  if ((request.headersDistinct.host?.length ?? 0) > 1) {
    return line(400, 'more than one Host', { connection: 'close' });
  }
  if (credentials === null && !anyone && !namesNoDomain(host)) {
    return line(421, 'Host is a name: use an address or localhost, or see --serve-auth');
  }
  if (!paths.includes(path)) return line(404, 'nothing here; see /metrics');
  return path === '/healthz' ? line(200, 'ok') : null;
}

/** The answer to a client that is not admitted. */
export function notAdmitted({ challenges }: Credentials): Answer {
  return line(401, 'credentials are required', { 'www-authenticate': [...challenges] });
}

/** The answer to a client that is admitted. */
export async function admittedAnswer(
  request: IncomingMessage,
  parts: AnswerParts,
  readings: SharedReadings<EncodedScrape>,
): Promise<Answer> {
  const { method, headers } = request;
  if (targetOf(request).path === '/') return page(parts.version);
  const format = formatFor(headers.accept);
  const type = { 'content-type': parts.contentTypes[format], 'cache-control': 'no-store' };
  // A HEAD request reads nothing.
  if (method === 'HEAD') return { status: 200, headers: type, body: '' };
  const limit = Math.min(parts.timeout, scraperLimit(headers) ?? parts.timeout);
  try {
    const reading = await readings.get(limit);
    if (reading === overdue) return line(503, `reading takes longer than ${limit / 1000} s`);
    const { exposition, isLate } = reading;
    const packable = takesGzip(headers['accept-encoding']);
    const { body, isPacked } = exposition.bytes(format, packable);
    if (!isLate()) parts.answered();
    return {
      status: 200,
      headers: { ...type, ...(isPacked && { 'content-encoding': 'gzip' }) },
      body,
    };
  } catch (error) {
    return line(500, parts.failed(error));
  }
}

/**
 * Which page of this server is asked for, and by which host name. A request target in absolute form gives both (RFC
 * 9112, 3.2.2).
 */
function targetOf({ url = '', headers }: IncomingMessage): {
  host: string | undefined;
  path: string;
} {
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  const [path = ''] = (rest === undefined ? url : rest || '/').split('?', 1);
  return { host: authority ?? headers.host, path };
}

/** Headers announce a body. */
function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** The shortest wait for a reading, whatever timeout the scraper sends, in milliseconds. */
const leastLimit = 1000;

/** How long the scraper waits, less a margin for the transfer, in milliseconds; null: it does not say. */
function scraperLimit(headers: IncomingMessage['headers']): number | null {
  // By the types it may be a list, but Node joins the lines of every header except Set-Cookie.
  const text = String(headers['x-prometheus-scrape-timeout-seconds']);
  const seconds = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0) return null;
  return Math.max(leastLimit, Math.round(Math.max(seconds - 0.5, seconds / 2) * 1000));
}

function line(status: number, text: string, headers: OutgoingHttpHeaders = {}): Answer {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  return { status, headers: { ...type, ...headers }, body: `${text}\n` };
}

function page(version: string): Answer {
  const body = `<!doctype html><title>tsnetstat</title><p>tsnetstat ${version}: <a href="/metrics">metrics</a>\n`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
