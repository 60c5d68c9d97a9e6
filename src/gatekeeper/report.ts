import { reportOf, type About } from '../policy/words/explain.js'
import type { Verdict } from '../policy/verdict.js'
import type { PoliciesRead } from './policies.js'

const UNSEEN =
  'The organisation’s policy is not applied: this app is installed on some repositories only, and the one that would hold it is not among them or does not exist. Install the app there, or set `ORGANISATION_POLICY`.'

/** A verdict's report and, below it, what the gate may lack because it could not be seen. */
export const reportWith = ({ unseen }: Pick<PoliciesRead, 'unseen'>, verdict: Verdict, about: About): string =>
  unseen ? `${reportOf(verdict, about)}\n${UNSEEN}\n` : reportOf(verdict, about)
