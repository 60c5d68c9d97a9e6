import { formatDuration } from './duration.js'
import { isTimezone } from './zones.js'
import { misspelt } from '../reading/suggest.js'

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(s|secs?|seconds?)$/, 1000],
  [/^(m|mins?|minutes?)$/, 60_000],
  [/^(h|hrs?|hours?)$/, 3_600_000],
  [/^(d|days?)$/, 86_400_000],
  [/^(w|wks?|weeks?)$/, 604_800_000],
]

/** `30min`, `7 days`, `1w`, `1h30m` and `1.5h` as a policy writes them; `undefined` where nobody can tell. */
export const meantDuration = (written: string): string | undefined => {
  const parts = [...written.matchAll(/(\d{1,9}(?:\.\d{1,3})?)\s*([A-Za-z]+)\s*/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== written.trim()) return undefined
  const lengths = parts.map(([, amount, unit = '']) => Number(amount) * unitOf(unit))
  const length = lengths.reduce((sum, each) => sum + each, 0)
  return Number.isInteger(length / 1000) && length > 0 ? formatDuration(length) : undefined
}

/** `M` could be months. */
const unitOf = (unit: string): number =>
  unit === 'M' ? NaN : (UNITS.find(([written]) => written.test(unit.toLowerCase()))?.[1] ?? NaN)

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const DAY_NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
/** `tues` and `thurs` too. */
const SHORTEST_DAY = 3

const meantDay = (written: string): string | undefined => {
  const name = written.trim().toLowerCase()
  if (name.length < SHORTEST_DAY) return undefined
  return (
    DAYS[DAY_NAMES.findIndex((day) => day.startsWith(name))] ??
    DAYS[DAY_NAMES.findIndex((day) => misspelt(name, [day]))]
  )
}

/** `Monday`, `Mon-Friday`, `mon to fri`, `mon,wed`, `weekdays` as a policy writes them. */
export const meantDays = (written: string): string | undefined => {
  const whole = written.trim().toLowerCase()
  if (/^(weekdays?|workdays?|working days)$/.test(whole)) return 'mon-fri'
  if (/^weekends?$/.test(whole)) return 'sat-sun'
  const list = whole.split(/\s*,\s*/)
  const ranges = list.map((item) => item.split(/\s*[-–—]\s*|\s+to\s+/).map(meantDay))
  if (ranges.some((days) => days.length > 2 || days.includes(undefined))) return undefined
  const written_ = ranges.map((days) => days.join('-'))
  return list.length === 1 ? written_[0] : `[${written_.join(', ')}]`
}

const CLOCK = /^(\d{1,2})(?:[:.]?([0-5]\d))?\s*(am|pm)?$/i

const clock = (written: string): string | undefined => {
  const [whole, hour, minute = '00', half] = CLOCK.exec(written.trim()) ?? []
  if (whole === undefined) return undefined
  const of12 = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  return of12 > 24 || (of12 === 24 && minute !== '00') ? undefined : `${String(of12).padStart(2, '0')}:${minute}`
}

/** `9-16`, `9:00–16:00`, `9am to 5pm` as a policy writes them. */
export const meantHours = (written: string): string | undefined => {
  const [from, to, ...more] = written.split(/\s*[-–—]\s*|\s+to\s+/).map(clock)
  if (from === undefined || to === undefined || more.length > 0 || from === to || from === '24:00') return undefined
  return `${from}-${to}`
}

/** `Berlin` and `Europe/Berln` as the IANA database has them. */
export const meantTimezone = (written: string): string | undefined => {
  const zones = Intl.supportedValuesOf('timeZone')
  const name = written.trim().replaceAll(' ', '_')
  const [city, second] = zones.filter((zone) => zone.toLowerCase().endsWith(`/${name.toLowerCase()}`))
  const meant =
    city !== undefined && second === undefined ? city : name.includes('/') ? misspelt(name, zones) : undefined
  return meant !== undefined && isTimezone(meant) ? meant : undefined
}

/** A cron pattern that begins with seconds, without them. */
export const meantCron = (written: string): string | undefined => {
  const fields = written.trim().split(/\s+/)
  return fields.length === 6 ? fields.slice(1).join(' ') : undefined
}
