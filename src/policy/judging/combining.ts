import type { Decision, Outcome } from '../verdict.js'

const WORST_FIRST: readonly Decision[] = ['deny', 'undecided', 'wait', 'allow']
const BEST_FIRST: readonly Decision[] = ['allow', 'wait', 'undecided', 'deny']

const first = (order: readonly Decision[], outcomes: readonly Outcome[]): Outcome =>
  order.find((decision) => outcomes.includes(decision)) ?? 'inactive'

/** deny > undecided > wait > allow; what is inactive is as if absent, and a list of nothing else is inactive. */
export const all = (outcomes: readonly Outcome[]): Outcome => first(WORST_FIRST, outcomes)

/** allow > wait > undecided > deny. */
export const any = (outcomes: readonly Outcome[]): Outcome => first(BEST_FIRST, outcomes)

/** allow and deny change places; undecided stays; inside, nothing waits. */
export const not = (outcome: Outcome): Outcome => {
  switch (outcome) {
    case 'allow':
      return 'deny'
    case 'wait':
    case 'deny':
      return 'allow'
    case 'undecided':
    case 'inactive':
      return outcome
  }
}

/** Whether requirements apply: a deny makes them inactive even beside an undecided condition. */
export const holds = (conditions: readonly Outcome[]): 'yes' | 'no' | 'undecided' => {
  const outcome = all(conditions)
  switch (outcome) {
    case 'allow':
      return 'yes'
    case 'undecided':
      return 'undecided'
    case 'deny':
    case 'wait':
    case 'inactive':
      return 'no'
  }
}

/** The worst of several decisions; of none: undecided, because nothing is allowed by nothing. */
export const worst = (decisions: readonly Decision[]): Decision =>
  WORST_FIRST.find((decision) => decisions.includes(decision)) ?? 'undecided'
