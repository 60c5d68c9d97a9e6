import {
  OperationNodeTransformer,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type PrimitiveValueListNode,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
  type ValueNode,
} from 'kysely'
import type { Delivery } from '../gatekeeper/ports.js'

/** A text with a NUL: PostgreSQL refuses it and SQLite's own tools cut it, so no engine may take it. */
export class TextWithNul extends TypeError {
  override readonly name = 'TextWithNul'
  constructor() {
    super('a text with a NUL character cannot be stored')
  }
}

/** @throws {TextWithNul} */
export const refuseNul = (value: unknown): void => {
  if (typeof value === 'string' && value.includes('\0')) throw new TextWithNul()
}

/** @throws {TextWithNul} */
export const refuseNulIn = ({ guid, event, body }: Delivery): void => {
  refuseNul(guid)
  refuseNul(event)
  if (body.includes('\0')) throw new TextWithNul()
}

class Values extends OperationNodeTransformer {
  protected override transformValue(node: ValueNode): ValueNode {
    refuseNul(node.value)
    return super.transformValue(node)
  }
  protected override transformPrimitiveValueList(node: PrimitiveValueListNode): PrimitiveValueListNode {
    node.values.forEach(refuseNul)
    return super.transformPrimitiveValueList(node)
  }
}

/** Refuses every query that would write or compare a text with a NUL, on either engine. */
export class NoNul implements KyselyPlugin {
  readonly #values = new Values()
  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    return this.#values.transformNode(node, queryId)
  }
  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result)
  }
}
