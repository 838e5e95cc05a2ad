import type { Severity } from '../../model/diagnosis.ts';
import type { NetnsAsked } from '../../model/listing.ts';
import type { Query } from '../../model/query.ts';
import type { ServiceAsked } from '../../model/service.ts';
import type { Selection } from '../../select/index.ts';
import type { Source } from '../../sources/source.ts';
import type { AskedCheck } from './checks-asked.ts';
import type { ServiceParts } from './service.ts';

/** What a diagnosis is made of. */
export interface DiagnosisParts {
  readonly source: Source;
  /** Which sockets are looked at: `which` is `all` unless servers alone are asked for. */
  readonly query: Query;
  readonly netns: NetnsAsked;
  readonly selection: Selection;
  readonly checks: readonly AskedCheck[];
  /** The one service that is asked about; left out, or null: about none. */
  readonly service?:
    | (Pick<ServiceParts, 'earlier'> & {
        readonly asked: ServiceAsked;
        /** Opens a source that reads every network namespace; only asked where `source` does not and one can. */
        readonly openAll: () => Promise<Source>;
      })
    | null;
  /** The least that is told. */
  readonly severity: Severity;
  /** As `PlatformHost` has it: awaited between slices of work. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** Waits between the two readings. */
  sleep(milliseconds: number): Promise<void>;
  note?(message: string): void;
  /** Ends what is under way on other machines. */
  readonly signal?: AbortSignal | undefined;
}
