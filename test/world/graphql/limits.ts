import { GraphQLError, Kind } from './library.js'
import type { DocumentNode, FragmentDefinitionNode, SelectionSetNode, ValueNode } from 'graphql'

/** GitHub refuses queries that could return more nodes than this. */
export const MOST_NODES = 500_000

type Variables = Readonly<Record<string, unknown>>

/** Nodes that a document could return at most: every connection's `first` or `last`, multiplied downwards and summed. */
export const tooMany = (document: DocumentNode, variables: Variables): readonly GraphQLError[] => {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const count = (selections: SelectionSetNode | undefined, times: number): number =>
    (selections?.selections ?? []).reduce((sum, selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        return sum + count(fragments.get(selection.name.value)?.selectionSet, times)
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet, times)
      const page = selection.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last')
      const size = page ? numberOf(page.value, variables) : null
      return (
        sum +
        (size === null
          ? count(selection.selectionSet, times)
          : times * size + count(selection.selectionSet, times * size))
      )
    }, 0)
  const nodes = document.definitions.reduce(
    (sum, one) => sum + (one.kind === Kind.OPERATION_DEFINITION ? count(one.selectionSet, 1) : 0),
    0,
  )
  if (nodes <= MOST_NODES) return []
  return [
    new GraphQLError(
      `This query requests up to ${nodes} possible nodes which exceeds the maximum limit of ${MOST_NODES}.`,
      { extensions: { type: 'MAX_NODE_LIMIT_EXCEEDED' } },
    ),
  ]
}

const numberOf = (value: ValueNode, variables: Variables): number | null => {
  if (value.kind === Kind.INT) return Number(value.value)
  const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : null
  return typeof given === 'number' ? given : null
}
