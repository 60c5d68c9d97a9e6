import { createRequire } from 'node:module'
import { TestEnvironment } from 'jest-environment-node'

/** Of this worker; lives as long as it does. */
const kept = new Map()
const requireOutside = createRequire(import.meta.url)

/** Jest gives every test file a world of modules of its own; here is the door to what they may share (see shared.ts). */
export default class SharingEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    this.global.outside = { kept, require: requireOutside }
  }
}
