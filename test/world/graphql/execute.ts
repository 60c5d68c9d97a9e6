import type { GraphqlSide } from '../http/server.js'

export const graphql: GraphqlSide = {
  nameOf: () => 'graphql',
  execute: async () => ({ status: 501, body: { message: 'soon' }, headers: {} }),
}
