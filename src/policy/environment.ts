import { sameName } from './names.js'

/** Whether two names are one environment: case-blind, after Unicode NFKC. */
export const sameEnvironment = (a: string, b: string): boolean => a === b || sameName(a, b)
