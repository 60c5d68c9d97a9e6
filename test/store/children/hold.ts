import { openStore } from '../../../src/store/store.js'

/** A server that has the folder and does nothing until it is killed. */
await openStore({ dataDir: process.argv[2] ?? '' })
process.stdout.write('open\n')
setInterval(() => undefined, 60_000)
