import { z } from 'zod'

const WRITTEN =
  /^(\d{4}-\d{2}-\d{2})(?:(?:[Tt]|\s+)(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?:([Zz])|([+-]\d{2})(?::?(\d{2}))?)?)?$/

/** The one way in which an instant goes on; what is none stays as it is, to be refused. */
const normal = (written: string): string => {
  const [whole, date, time = '00:00', , hours, minutes = '00'] = WRITTEN.exec(written.trim()) ?? []
  if (whole === undefined || date === undefined) return written
  const exact = time.length === 5 ? `${time}:00` : time
  return `${date}T${exact}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`
}

/**
 * An instant as `Date.parse` reads it: a date with a time, with or without seconds and offset. Without an offset it is
 * UTC; without a time it is the day's first instant.
 */
export const instant = z
  .string()
  .transform(normal)
  .pipe(z.iso.datetime({ offset: true, error: 'must be an instant such as 2026-11-23T10:00:00Z' }))
