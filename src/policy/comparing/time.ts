import { different, stronger, weaker, type Change } from './changes.js'
import { codeSpan, listOf } from '../words/text.js'
import type { Duration } from '../facts.js'
import type { Window } from '../time/windows.js'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

/** A length as a policy writes it: `90s`, `30m`, `24h`, `7d`. */
export const lengthText = (length: Duration): string => {
  const [name, size] = UNITS.find(([, unit]) => length !== 0 && length % unit === 0) ?? ['s', 1000]
  return `${length / size}${name}`
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

const daysText = (days: readonly number[]): string => {
  const [first = 1] = days
  const last = days.at(-1) ?? first
  const name = (day: number) => DAYS[day - 1] ?? String(day)
  return days.length > 2 && last - first + 1 === days.length ? `${name(first)}–${name(last)}` : listOf(days.map(name))
}

const clock = (minutes: number): string => {
  const within = minutes > 1440 ? minutes - 1440 : minutes
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`
}

const windowText = (window: Window): string =>
  window.kind === 'weekly'
    ? `${daysText(window.days)} ${clock(window.from)}–${clock(window.to)} ${codeSpan(window.timezone)}`
    : `${codeSpan(window.cron)} for ${lengthText(window.lasts)} ${codeSpan(window.timezone)}`

const windowsText = (windows: readonly Window[]): string => listOf(windows.map(windowText), 'or')

/** Whether one window is open only while another is; told only of windows in one zone. */
const isInside = (inner: Window, outer: Window): boolean => {
  if (inner.timezone !== outer.timezone) return false
  if (inner.kind === 'cron') return outer.kind === 'cron' && inner.cron === outer.cron && inner.lasts <= outer.lasts
  return (
    outer.kind === 'weekly' &&
    inner.days.every((day) => outer.days.includes(day)) &&
    outer.from <= inner.from &&
    inner.to <= outer.to
  )
}

const areInside = (inner: readonly Window[], outer: readonly Window[]): boolean =>
  inner.every((window) => outer.some((other) => isInside(window, other)))

/** What other windows change: more time to release is weaker. */
export const windowChanges = (before: readonly Window[], after: readonly Window[]): readonly Change[] => {
  const narrower = areInside(after, before)
  const wider = areInside(before, after)
  if (narrower && wider) return []
  const words = `${windowsText(after)} instead of ${windowsText(before)}`
  if (wider) return [weaker(`the window is wider: ${words}`)]
  return narrower ? [stronger(`the window is narrower: ${words}`)] : [different(`the window is another: ${words}`)]
}
