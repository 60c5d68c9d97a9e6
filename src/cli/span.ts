/** The options that bound a time. */
export interface SpanOptions {
  readonly from?: string
  readonly to?: string
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?$/

/**
 * A date or a date and time as epoch milliseconds, UTC where it names no zone.
 * @throws {RangeError} for anything else.
 */
const instantOf = (option: string, text: string): number => {
  const zoned = DATE.test(text) ? `${text}T00:00Z` : /(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`
  const at = DATE.test(text) || TIME.test(text) ? Date.parse(zoned) : Number.NaN
  if (Number.isNaN(at)) throw new RangeError(`${option} ${text} is no time; write 2026-11-20 or 2026-11-20T09:00:00Z`)
  return at
}

/**
 * From one instant on and before another, as the ledger is asked.
 * @throws {RangeError} when one is no time, or nothing can lie between them.
 */
export const spanOf = ({ from, to }: SpanOptions): { readonly from?: number; readonly to?: number } => {
  const span = {
    ...(from === undefined ? {} : { from: instantOf('--from', from) }),
    ...(to === undefined ? {} : { to: instantOf('--to', to) }),
  }
  if (span.from !== undefined && span.to !== undefined && span.from >= span.to)
    throw new RangeError(`--from ${from} is not before --to ${to}, so that nothing lies between them; mend one`)
  return span
}
