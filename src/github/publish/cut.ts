const ELLIPSIS = '…'

/** At most `most` UTF-16 units, whole characters, an ellipsis where something was left out. */
export const cut = (text: string, most: number): string => {
  if (text.length <= most) return text
  const kept = text.slice(0, most - ELLIPSIS.length)
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}${ELLIPSIS}`
}
