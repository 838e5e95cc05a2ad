import type { Diagnosis } from '../../../model/report/diagnosis.ts';
import type { ViewContext } from '../text-view.ts';

/** Formats a diagnosis. */
export type DiagnosisFormatter = (
  diagnosis: Diagnosis,
  context: ViewContext,
) => Promise<string> | string;
