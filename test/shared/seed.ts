import fc from 'fast-check'

/** In CI a change is judged by the same cases each time, and not by chance; everywhere else each run tries new ones. */
if (process.env['CI'] === 'true') fc.configureGlobal({ seed: 20_261_130 })
