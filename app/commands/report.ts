import { toCsv } from '../../reports/to-csv.js'
import { toHtml } from '../../reports/to-html.js'
import { parseDistrictTable } from '../../runtime/district-table.js'
import { EXIT } from '../exit-codes.js'
import type { Operations } from '../operations.js'

/** Prints the report of one day: JSON, or as CSV or a page. */
export async function report(
  operations: Operations,
  output: NodeJS.WritableStream,
  day: string,
  { csv, html }: { csv: boolean; html: boolean },
): Promise<number> {
  const made = await operations.report(day)
  const table = parseDistrictTable(JSON.stringify(await operations.districtTable()), 'the districts of the desk')
  if (csv) output.write(toCsv(made, table))
  else if (html) output.write(toHtml(made, table))
  else output.write(`${JSON.stringify(made, null, 2)}\n`)
  return EXIT.done
}
