import type { MapNode, Node, Pair } from '../reading/yaml.js'

/** Maps merge deeply; a list or a single value, also `null`, replaces what stood there. Every node keeps its place. */
export const merged = (below: Node | undefined, above: Node): Node => {
  if (below?.kind !== 'map' || above.kind !== 'map') return above
  const kept = below.pairs.filter(({ key }) => !above.pairs.some((pair) => pair.key === key))
  const own = above.pairs.map((pair): Pair => ({ ...pair, value: merged(valueOf(below, pair.key), pair.value) }))
  return { ...above, pairs: [...kept, ...own] }
}

/** The value of a key; `undefined`: the map has no such key. */
export const valueOf = (map: Node | undefined, key: string): Node | undefined =>
  map?.kind === 'map' ? map.pairs.find((pair) => pair.key === key)?.value : undefined

/** The map without these keys. */
export const without = (map: MapNode, keys: readonly string[]): MapNode => ({
  ...map,
  pairs: map.pairs.filter(({ key }) => !keys.includes(key)),
})
