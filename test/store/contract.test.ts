import { storeContract } from '../contracts/store.js'
import { openStore } from '../../src/store/store.js'

storeContract('SQLite', (options) => openStore({ dataDir: ':memory:', ...options }))
