import type { Delivery, Intent, Judged, Lease, ReleaseAct, VerdictRecord } from '../../src/gatekeeper/ports.js'
import type { Hint, Subject } from '../../src/gatekeeper/subject.js'
import {
  installationId,
  known,
  repositoryId,
  userId,
  type Facts,
  type Instant,
  type Person,
} from '../../src/policy/facts.js'
import type { Verdict } from '../../src/policy/verdict.js'
import type { Store, StoreOptions } from '../../src/store/store.js'

/** Opens an empty store of the engine under contract; whoever opens it closes it. */
export type OpenEmpty = (options?: Pick<StoreOptions, 'attempts'>) => Promise<Store>

export const SHOP = repositoryId(7)
export const BANK = repositoryId(8)
export const ACME = installationId(1)
export const HEAD = 'a'.repeat(40)
export const OTHER = 'b'.repeat(40)
export const NOW: Instant = Date.UTC(2026, 10, 20, 12)
export const SECOND = 1_000
export const MINUTE = 60 * SECOND

export const person = (id: number, login: string): Person => ({ id: userId(id), login, kind: 'user' })
export const LENA = person(11, 'lena')

let guids = 0
export const aDelivery = (of: Partial<Delivery> = {}): Delivery => ({
  guid: `guid-${++guids}`,
  event: 'pull_request',
  body: '{"action":"opened"}',
  receivedAt: NOW,
  ...of,
})

export const aChange = (number = 1, repository = SHOP): Subject => ({ kind: 'change', repository, number })
export const aDeployment = (environment = 'production', run = 100): Subject => ({
  kind: 'deployment',
  repository: SHOP,
  environment,
  run,
})

export const touch = (
  subject: Subject,
  more: { readonly sha?: string; readonly notBefore?: Instant } = {},
): Extract<Hint, { kind: 'touch' }> => ({ kind: 'touch', subject, installation: ACME, ...more })

export const aLook = (of: Partial<Judged> = {}): Judged => ({
  lookAgainAt: null,
  asked: ['change'],
  sha: HEAD,
  finished: false,
  ...of,
})

/** The one lease that is due. */
export const theLease = async ({ subjects }: Store, now: Instant, owner = 'worker'): Promise<Lease> => {
  const [lease, ...more] = await subjects.lease(owner, now, 10, MINUTE)
  if (lease === undefined || more.length > 0)
    throw new Error(`one lease was expected, not ${lease ? 1 + more.length : 0}`)
  return lease
}

/** Touched, leased and judged: known to the store, with nothing due. */
export const judgedOnce = async (
  store: Store,
  subject: Subject,
  look: Partial<Judged> = {},
  now: Instant = NOW,
): Promise<void> => {
  const sha = look.sha === undefined ? HEAD : look.sha
  await store.subjects.hint([touch(subject, sha === null ? {} : { sha })], now)
  const lease = await theLease(store, now)
  await store.subjects.judged(lease, aLook(look), now)
}

export const someFacts: Facts = new Map([['change', known({ number: 1 }, 'GitHub', NOW)]])

export const aVerdict = (of: Partial<Verdict> = {}): Verdict => ({
  kind: 'merge',
  gate: 'main',
  decision: 'wait',
  applies: true,
  findings: [],
  asked: ['change'],
  ...of,
})

export const aRecord = (verdict: Partial<Verdict> = {}, of: Partial<VerdictRecord> = {}): VerdictRecord => ({
  subject: 'change/7/1',
  repository: SHOP,
  installation: ACME,
  sha: HEAD,
  attempt: null,
  number: 1,
  verdict: aVerdict(verdict),
  facts: someFacts,
  policy: { organisation: null, repository: HEAD },
  ...of,
})

export const anIntent = (of: Partial<Intent> = {}): Intent => ({
  installation: ACME,
  repository: SHOP,
  subject: 'deployment/7/100/production',
  what: 'approve',
  target: 'production',
  sha: HEAD,
  run: 100,
  attempt: 1,
  body: {},
  ...of,
})

let keys = 0
export const anAct = (of: Partial<ReleaseAct> = {}): ReleaseAct => ({
  key: `comment/${++keys}`,
  installation: ACME,
  repository: SHOP,
  environment: 'production',
  run: 100,
  attempt: 1,
  sha: HEAD,
  kind: 'approve',
  by: LENA,
  at: NOW,
  text: '',
  via: 'comment',
  expiresAt: null,
  ...of,
})

export const kindsIn = async ({ ledger }: Store): Promise<readonly string[]> => {
  const kinds: string[] = []
  for await (const { kind } of ledger.entries()) kinds.push(kind)
  return kinds
}
