import type * as Library from 'graphql'
import { sharedPackage } from '../../shared/shared.js'

/** The reference implementation, loaded once a worker: GitHub's schema is large, and is built with it and for it. */
export const { GraphQLError, Kind, buildSchema, defaultFieldResolver, execute, parse, validate } =
  sharedPackage<typeof Library>('graphql')
export type GraphQLError = Library.GraphQLError
