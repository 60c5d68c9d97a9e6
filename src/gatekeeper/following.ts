import type { Intent, Lease, Logger, Records } from './ports.js'

/** A log whose every line also carries these values. */
export const logWith = (log: Logger, carried: object): Logger => ({
  debug: (values, message) => log.debug({ ...carried, ...values }, message),
  info: (values, message) => log.info({ ...carried, ...values }, message),
  warn: (values, message) => log.warn({ ...carried, ...values }, message),
  error: (values, message) => log.error({ ...carried, ...values }, message),
})

/** What every line of a look carries: one id from the delivery to the answer, where a delivery led to it. */
export const carriedBy = ({ key, delivery }: Pick<Lease, 'key' | 'delivery'>): object => ({
  ...(delivery === null ? {} : { delivery }),
  subject: key,
})

type Said = Pick<Intent, 'what' | 'target' | 'sha' | 'run' | 'attempt'>

/** The records of a look, which also tell the log what was decided, and what GitHub was told or did not take. */
export const followed = <R extends Pick<Records, 'verdict' | 'intend' | 'intendByOverride' | 'settle'>>(
  records: R,
  log: Logger,
): R => {
  const said = new Map<number, Said>()
  const heard = (id: number, { what, target, sha, run, attempt }: Intent): number => {
    said.set(id, { what, target, sha, run, attempt })
    return id
  }
  return {
    ...records,
    async verdict(record, now) {
      const recorded = await records.verdict(record, now)
      const { kind, gate, decision } = record.verdict
      if (recorded.changed) log.info({ kind, gate, decision, sha: record.sha }, 'a gate decided')
      return recorded
    },
    intend: async (intent, now) => heard(await records.intend(intent, now), intent),
    async intendByOverride(intent, now) {
      const id = await records.intendByOverride(intent, now)
      return id === null ? null : heard(id, intent)
    },
    async settle(intent, outcome, now) {
      await records.settle(intent, outcome, now)
      const about = { intent, ...said.get(intent) }
      if (outcome.ok) log.info({ ...about, id: outcome.detail['id'] ?? null }, 'GitHub was told')
      else log.warn(about, 'GitHub did not take what it was told')
    },
  }
}
