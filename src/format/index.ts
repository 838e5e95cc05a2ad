import type { Format } from '../model/request.js';
import { csv } from './csv.js';
import type { Formatter } from './formatter.js';
import { json } from './json.js';
import { ndjson } from './ndjson.js';
import { netstat } from './netstat/index.js';
import { table } from './table.js';

/** Every format there is. */
export const formatters = { netstat, table, json, ndjson, csv } satisfies Record<Format, Formatter>;
