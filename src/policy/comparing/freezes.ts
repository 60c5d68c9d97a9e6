import { different, stronger, weaker, type Change } from './changes.js'
import { lengthText } from './time.js'
import { allowances, demands, switches } from './values.js'
import { momentOf } from '../words/moments.js'
import { codeSpan } from '../words/text.js'
import type { FreezeTerms } from '../time/freezes.js'

type Span = FreezeTerms['span']

const spanText = (span: Span): string =>
  'cron' in span
    ? `${codeSpan(span.cron)} for ${lengthText(span.lasts)} ${codeSpan(span.timezone)}`
    : `${momentOf(span.from)} to ${momentOf(span.to)}`

/** Whether one span lies in another, as far as the terms alone can tell. */
const isInside = (inner: Span, outer: Span): boolean => {
  if ('cron' in inner)
    return (
      'cron' in outer && inner.cron === outer.cron && inner.timezone === outer.timezone && inner.lasts <= outer.lasts
    )
  return !('cron' in outer) && outer.from <= inner.from && inner.to <= outer.to
}

const spanChanges = (before: Span, after: Span): readonly Change[] => {
  const [longer, shorter] = [isInside(before, after), isInside(after, before)]
  const words = `${spanText(after)} instead of ${spanText(before)}`
  if (longer && shorter) return []
  if (longer) return [stronger(`it is longer: ${words}`)]
  return [shorter ? weaker(`it is shorter: ${words}`) : different(`it is another time: ${words}`)]
}

const everything = ({ tiers, environments }: FreezeTerms): boolean => tiers === undefined && environments === undefined

const reachChanges = (before: FreezeTerms, after: FreezeTerms): readonly Change[] => {
  if (everything(before) && everything(after)) return []
  if (everything(after)) return [stronger('it covers every environment')]
  if (everything(before)) return [weaker('it no longer covers every environment')]
  return [
    ...demands('tier ', before.tiers ?? [], after.tiers ?? []),
    ...demands('environment ', before.environments ?? [], after.environments ?? []),
  ]
}

/** What a freeze covers less, more or otherwise. */
export const freezeChanges = (before: FreezeTerms, after: FreezeTerms): readonly Change[] => [
  ...spanChanges(before.span, after.span),
  ...reachChanges(before, after),
  ...switches(before.merge, after.merge, 'stronger', '`merge`'),
  ...allowances('except environment ', before.except.environments ?? [], after.except.environments ?? []),
  ...allowances('except repository ', before.except.repositories ?? [], after.except.repositories ?? []),
  ...switches(before.except.rollback ?? false, after.except.rollback ?? false, 'weaker', '`except: { rollback }`'),
]

export const freezeText = ({ span }: FreezeTerms): string => spanText(span)
