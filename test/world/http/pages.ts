import { parametersOf } from '../describe/description.js'
import type { Operation } from '../describe/description.js'
import type { Reply } from './route.js'

/** A list, one page of it: 30 unless asked, 100 at most, with the Link header that leads on. */
export const paged = (
  reply: Reply,
  url: URL,
  operation: Operation,
): { readonly body: unknown; readonly headers: Readonly<Record<string, string>> } => {
  if (!reply.list) return { body: reply.body, headers: {} }
  const { list, under, beside } = reply
  const wrap = (items: readonly unknown[]) =>
    under === undefined ? items : { total_count: list.length, ...beside, [under]: items }
  if (!parametersOf(operation).some(({ name }) => name === 'per_page')) return { body: wrap(list), headers: {} }
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30) || 30)
  if (!parametersOf(operation).some(({ name }) => name === 'page')) return byCursor(list, wrap, url, size)
  const page = Math.max(1, Number(url.searchParams.get('page') ?? 1) || 1)
  const pages = Math.max(1, Math.ceil(list.length / size))
  const links = [
    ...(page > 1 ? [link(url, { page: page - 1 }, 'prev')] : []),
    ...(page < pages ? [link(url, { page: page + 1 }, 'next'), link(url, { page: pages }, 'last')] : []),
    ...(page > 1 ? [link(url, { page: 1 }, 'first')] : []),
  ]
  return {
    body: wrap(list.slice((page - 1) * size, page * size)),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  }
}

const byCursor = (list: readonly unknown[], wrap: (items: readonly unknown[]) => unknown, url: URL, size: number) => {
  const mark = url.searchParams.get('cursor') ?? url.searchParams.get('after')
  const from = mark === null ? 0 : Number(mark.replace(/\D/g, ''))
  const name = url.pathname.endsWith('/deliveries') ? 'cursor' : 'after'
  const headers: Record<string, string> = {}
  if (from + size < list.length) headers['link'] = link(url, { [name]: `v1_${from + size}` }, 'next')
  return { body: wrap(list.slice(from, from + size)), headers }
}

const link = (url: URL, change: Readonly<Record<string, string | number>>, rel: string): string => {
  const next = new URL(url)
  for (const [key, value] of Object.entries(change)) next.searchParams.set(key, String(value))
  return `<${next.href}>; rel="${rel}"`
}
