import { type Attribute, shown } from '../../../attributes/attribute.ts';
import { findingColumns, shownFindingAttributes } from '../../../attributes/findings.ts';
import type { Diagnosis } from '../../../model/report/diagnosis.ts';
import { noNames } from '../../../model/report/names.ts';
import type { Row } from '../../../model/report/snapshot.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { openBox, widthElsewhere } from '../box.ts';
import type { ViewContext } from '../text-view.ts';
import { roomOf } from './labelled.ts';
import { closingText } from './netstat.ts';
import { serviceText } from './service.ts';

/** A box with one row for each finding; above it the service that was asked about, below it how many checks ran. */
export async function diagnosisTable(diagnosis: Diagnosis, context: ViewContext): Promise<string> {
  const { service, findings, takenAt } = diagnosis;
  const { view, paint, width } = context;
  const { default: Library } = await import('cli-table3');
  const columns = shownFindingAttributes(view.machineNames !== null).filter(({ key }) =>
    findingColumns.includes(key),
  );
  const cells = { takenAt, names: noNames, previous: null };
  const rows = findings.map((finding) =>
    columns.map((column) => {
      const cell = shown(column, finding, cells);
      return (typeof cell === 'string' ? [cell] : cell).map(sanitize);
    }),
  );
  const options = {
    // The box reads the columns' layout only, not their values.
    columns: columns as unknown as readonly Attribute<Row>[],
    firstToGo: ['pid', 'sockets', 'program'],
    header: view.header,
    paint,
    room: width ?? widthElsewhere,
  };
  const box = openBox(Library, options, rows, true);
  const summary = service === undefined ? '' : `${serviceText(service, context)}\n`;
  return (
    summary + box.page(rows) + box.end() + closingText(diagnosis, roomOf(context), context.view)
  );
}
