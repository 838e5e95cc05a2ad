import type { Format } from '../model/request.js';
import type { Formatter } from './formatter.js';
import { netstat } from './netstat/index.js';

/** Every format there is. */
export const formatters = { netstat } as Record<Format, Formatter>;
