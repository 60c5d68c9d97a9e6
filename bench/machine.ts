import { cpus, loadavg, totalmem } from 'node:os'

const GIBIBYTE = 2 ** 30

/** What the figures were measured on. */
export const machine = (): string => {
  const [first] = cpus()
  const memory = Math.round(totalmem() / GIBIBYTE)
  return `${first?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${memory} GiB, Node ${process.version} on ${process.platform} ${process.arch}; load average ${loadavg()
    .map((each) => each.toFixed(0))
    .join(', ')} in the last 1, 5 and 15 minutes`
}
