/**
 * Loaded before the server (`node --import`): its clock and timers run CHAOS_PACE times as fast, from CHAOS_EPOCH at the
 * real instant CHAOS_ZERO on, so that every process of a run, and every restart, reads the same time.
 */
const [pace, zero, epoch] = ['CHAOS_PACE', 'CHAOS_ZERO', 'CHAOS_EPOCH'].map((name) => Number(process.env[name]))
const realNow = Date.now.bind(Date)
Date.now = () => Math.floor(epoch + (realNow() - zero) * pace)

/** What waits for another process gets enough real time for a machine with much to do. */
const SHORTEST_PATIENCE = 3_000
const { setTimeout: realTimeout, setInterval: realInterval } = globalThis
globalThis.setTimeout = Object.assign(
  (task, delay = 0, ...rest) => realTimeout(task, delay / pace, ...rest),
  realTimeout,
)
globalThis.setInterval = (task, delay = 0, ...rest) => realInterval(task, delay / pace, ...rest)
const { AbortSignal: Signals } = globalThis
const realLimit = Signals.timeout.bind(Signals)
Signals.timeout = (delay) => realLimit(Math.max(SHORTEST_PATIENCE, delay / pace))
