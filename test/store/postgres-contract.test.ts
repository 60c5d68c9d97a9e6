import { storeContract } from '../contracts/store.js'
import { emptyStores } from '../postgres/empty.js'

storeContract('PostgreSQL', emptyStores(), 12)
