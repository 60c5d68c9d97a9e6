import type { LayerName } from '../verdict.js'

/** The layer, or the freeze, is the organisation's: nothing that a repository writes takes anything from it. */
export const isOrganisation = (name: LayerName): boolean => name.startsWith('organisation')
