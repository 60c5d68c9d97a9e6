import type { Generated, GeneratedAlways, Insertable, Selectable } from 'kysely'

/**
 * The tables as queries see them, the same for SQLite and PostgreSQL: instants are epoch milliseconds, flags are 0 or 1,
 * documents are JSON text, no text holds a NUL.
 */
export interface Tables {
  readonly schema_version: SchemaVersionTable
  readonly deliveries: DeliveriesTable
  readonly subjects: SubjectsTable
  readonly addresses: AddressesTable
  readonly ledger: LedgerTable
  readonly ledger_head: LedgerHeadTable
  readonly sides: SidesTable
  readonly verdicts: VerdictsTable
  readonly intents: IntentsTable
  readonly acts: ActsTable
  readonly refusals: SeenTable
  readonly seen: SeenTable
  readonly incidents: IncidentsTable
  readonly pins: PinsTable
  readonly kept_policies: KeptPoliciesTable
  readonly tips: TipsTable
  readonly locks: LocksTable
  readonly first_asked: FirstAskedTable
  readonly rounds: RoundsTable
}

export type Flag = 0 | 1

interface SchemaVersionTable {
  readonly version: number
  readonly name: string
}

export interface DeliveriesTable {
  readonly row: Generated<number>
  readonly guid: string
  readonly event: string
  /** The raw text that was signed; emptied once its hints have taken effect (the ledger keeps its digest). */
  readonly body: string
  readonly digest: string
  readonly received_at: number
  readonly attempts: number
  readonly retry_at: number
  readonly state: 'waiting' | 'done' | 'dead'
  readonly error: string | null
  /** Which instance is at it, and until when nobody else takes it. `null`: nobody was yet, or there is but one. */
  readonly claimed_by: Generated<string | null>
  readonly claimed_until: Generated<number | null>
}

/** When something that one instance does for all was done last. */
interface RoundsTable {
  readonly name: string
  readonly at: number
}

export interface SubjectsTable {
  readonly key: string
  readonly kind: string
  readonly repository: number
  readonly installation: number
  /** The `Subject` as JSON. */
  readonly document: string
  readonly sha: string | null
  readonly lane: string
  /** The lane it moves to when it is not leased any more; the same as `lane` while it is not leased. */
  readonly next_lane: string
  /** Counts what happened to it, a lease included, so that every lease has a number of its own. */
  readonly generation: number
  readonly judged_generation: number
  /** What its last verdict asked for. */
  readonly look_again_at: number | null
  /** What a hint asked for (`notBefore`); a verdict does not overwrite it. */
  readonly wake_at: number | null
  readonly priority: number
  /** Order among equals: lower goes first. The instant it became due or, in a fan-out, closing gates before opening ones. */
  readonly turn: number
  readonly lease_owner: string | null
  readonly lease_until: number | null
  readonly leased_generation: number | null
  readonly attempts: number
  readonly retry_at: number
  /** Keys of the facts it asked, as a JSON list; `null`: never judged, so it may ask anything. */
  readonly asked: string | null
  readonly finished: Flag
  readonly dead: Flag
  readonly error: string | null
  readonly touched_at: number
  /** GUID of the delivery that touched or woke it last; `null`: none did. A sweep leaves it as it is. */
  readonly delivery: Generated<string | null>
  /** Each touch moves it on by a second, from now at the least: far ahead, the subject is flooded; past, it is calm. */
  readonly busy_until: Generated<number>
  /** Looks in a row, since it was calm. */
  readonly looks: Generated<number>
  /** The end of the pause that its last look made, and when what happened in that pause is looked at, if not later. */
  readonly rest_until: Generated<number>
  readonly not_before: Generated<number>
  /** Computed by the database: when it falls due; `null`: never. */
  readonly due_at: GeneratedAlways<number | null>
}

interface AddressesTable {
  readonly repository: number
  readonly installation: number
  readonly owner: string
  readonly name: string
}

export interface LedgerTable {
  readonly sequence: number
  readonly at: number
  readonly kind: string
  readonly installation: number | null
  readonly repository: number | null
  readonly subject: string | null
  readonly body: string
  readonly previous: string
  readonly hash: string
}

interface LedgerHeadTable {
  readonly id: number
  readonly sequence: number
  readonly hash: string
  /** The last entry that was kept long enough: it and all before it are gone, or about to go. 0: none. */
  readonly cut_sequence: Generated<number>
  /** Its hash, which the first entry that is left names. */
  readonly cut_hash: Generated<string>
  /** Up to this entry names and texts stand in the entries themselves. */
  readonly inline_until: Generated<number>
}

/** Names, texts and facts that entries of the ledger refer to by digest, so that they can go. */
export interface SidesTable {
  readonly digest: string
  readonly kind: string
  /** Ids of the accounts that it names or was written by, as `,11,12,`; empty: nobody's. */
  readonly people: string
  /** When an entry referred to it last; a day behind at most. */
  readonly used_at: number
  readonly salt: string
  readonly value: string
  /** Finds a value that is there already; `null`: what is never looked for. */
  readonly lookup: string | null
}

interface VerdictsTable {
  readonly subject: string
  readonly kind: string
  readonly gate: string
  readonly sha: string
  /** -1 where there is none. */
  readonly attempt: number
  readonly repository: number
  readonly number: number | null
  readonly decision: string
  readonly applies: Flag
  readonly digest: string
  readonly at: number
  /** When this decision began, over looks that changed only its findings. */
  readonly since: number
  /** Rises within a subject with every look, changed or not: the newest is what its gates say now. */
  readonly turn: number
}

export interface IntentsTable {
  readonly id: Generated<number>
  readonly at: number
  readonly installation: number
  readonly repository: number
  readonly subject: string
  readonly what: string
  readonly target: string
  /** The target as an environment is compared. */
  readonly target_key: string
  readonly sha: string | null
  readonly run: number | null
  readonly attempt: number | null
  readonly body: string
  /** `null`: not settled yet. */
  readonly ok: Flag | null
  readonly detail: string | null
  readonly settled_at: number | null
}

export interface ActsTable {
  readonly key: string
  readonly installation: number
  readonly repository: number
  readonly environment: string
  readonly environment_key: string
  readonly run: number | null
  readonly attempt: number | null
  readonly sha: string
  readonly kind: 'approve' | 'reject' | 'release' | 'override'
  readonly at: number
  readonly expires_at: number | null
  readonly spent_at: number | null
  readonly reviewed_at: number | null
  /** Who, why and through what, as JSON. */
  readonly document: string
}

interface SeenTable {
  readonly key: string
  readonly at: number
}

export interface IncidentsTable {
  readonly key: string
  readonly sha: string
  readonly installation: number
  readonly repository: number
  readonly environment: string
  readonly environment_key: string
  readonly at: number
  readonly reviewed_at: number | null
}

interface PinsTable {
  readonly scope: string
  readonly name: string
  readonly id: number
}

interface TipsTable {
  readonly id: Generated<number>
  readonly repository: number
  readonly branch: string
  readonly sha: string
  readonly at: number
}

interface LocksTable {
  readonly repository: number
  readonly environment_key: string
  readonly environment: string
  readonly holder: string
  readonly sha: string
  readonly at: number
}

interface FirstAskedTable {
  readonly repository: number
  readonly environment_key: string
  readonly run: number
  readonly attempt: number
  readonly sha: string
  readonly at: number
}

export type SubjectRow = Selectable<SubjectsTable>
export type LedgerRow = Selectable<LedgerTable>
export type SideRow = Selectable<SidesTable>
export type IntentRow = Selectable<IntentsTable>
export type ActRow = Selectable<ActsTable>
export type NewAct = Insertable<ActsTable>

export interface KeptPoliciesTable {
  readonly installation: number
  readonly commit_sha: string
  readonly path: string
  readonly text: string
  readonly at: number
}
