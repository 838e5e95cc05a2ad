import type { Severity } from '../../model/report/diagnosis.ts';
import type { ServiceAsked } from '../../model/report/service.ts';
import type { NetnsAsked } from '../../model/request/listing.ts';
import type { Query } from '../../model/request/query.ts';
import type { Selection } from '../../select/index.ts';
import type { Source } from '../../sources/source.ts';
import type { AskedCheck } from './checks-asked.ts';
import type { ServiceParts } from './service.ts';

/** The input of a diagnosis. */
export interface DiagnosisParts {
  readonly source: Source;
  /** Which sockets are checked: `which` is `all` unless only servers are asked for. */
  readonly query: Query;
  readonly netns: NetnsAsked;
  readonly selection: Selection;
  readonly checks: readonly AskedCheck[];
  /** The one service that is asked about; left out, or null: none. */
  readonly service?:
    | (Pick<ServiceParts, 'earlier'> & {
        readonly asked: ServiceAsked;
        /** Opens a source that reads every network namespace; called only if there is one besides `source`. */
        readonly openAll: () => Promise<Source>;
      })
    | null;
  /** The lowest severity to report. */
  readonly severity: Severity;
  /** Awaited between slices of work, as in `PlatformHost`. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Milliseconds of a monotonic clock. */
  elapsed(): number;
  /** Waits between the two readings. */
  sleep(milliseconds: number): Promise<void>;
  note?(message: string): void;
  /** Aborts requests to other machines. */
  readonly signal?: AbortSignal | undefined;
}
