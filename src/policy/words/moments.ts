import type { Instant } from '../facts.js'
import { isTimezone, localTime } from '../time/zones.js'
import type { Finding, Verdict } from '../verdict.js'

/**
 * An instant to the minute, or to the second where it has seconds: `Tue 24 Nov 2026, 08:00 UTC`; with a zone of the
 * policy, `Tue 24 Nov 2026, 09:00 Europe/Berlin (08:00 UTC)`.
 */
export const momentOf = (at: Instant, zone?: string): string => {
  const instant = Math.floor(at)
  if (Number.isNaN(new Date(instant).getTime())) return 'an unknown time'
  const there = zone !== undefined && isTimezone(zone) ? zone : 'UTC'
  const [day, time] = [dayOf(instant, there), timeOf(instant, there)]
  const [utcDay, utcTime] = [dayOf(instant, 'UTC'), timeOf(instant, 'UTC')]
  if (there === 'UTC' || there === 'Etc/UTC') return `${utcDay}, ${utcTime} UTC`
  return `${day}, ${time} ${there} (${day === utcDay ? '' : `${utcDay.slice(0, -5)}, `}${utcTime} UTC)`
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const dayOf = (instant: Instant, zone: string): string => {
  const { dayOfWeek, day, month, year } = localTime(instant, zone)
  return `${DAYS[dayOfWeek - 1] ?? ''} ${day} ${MONTHS[month - 1] ?? ''} ${year}`
}

const two = (number: number): string => String(number).padStart(2, '0')

const timeOf = (instant: Instant, zone: string): string => {
  const { hour, minute, second } = localTime(instant, zone)
  return `${two(hour)}:${two(minute)}${second === 0 ? '' : `:${two(second)}`}`
}

/** The zone in which a finding's times are meant; absent: none is told, or several. */
export const zoneOf = ({ values: { timezone } }: Finding): string | undefined =>
  typeof timezone === 'string' ? timezone : undefined

/** The zone of the finding for which the gate looks again, else the only one that any finding is meant in. */
export const zoneOfLook = ({ findings, lookAgainAt }: Verdict): string | undefined => {
  const all: Finding[] = []
  const visit = (finding: Finding): void => {
    all.push(finding)
    finding.children?.forEach(visit)
  }
  findings.forEach(visit)
  const cause = all.find((finding) => finding.lookAgainAt === lookAgainAt && zoneOf(finding) !== undefined)
  const zones = [...new Set(all.map(zoneOf).filter((zone) => zone !== undefined))]
  return cause === undefined ? (zones.length === 1 ? zones[0] : undefined) : zoneOf(cause)
}
