import type { Command } from 'commander'
import { paint, plainText } from '../policy/words/explain.js'
import {
  checkedEnvironment,
  checkedFile,
  checkedPeople,
  checkedProtection,
  factsFor,
  gatesOf,
  type Checked,
} from './doctor-checks.js'
import { policiesAt } from './explain-subject.js'
import { checkedKeys } from './doctor-keys.js'
import { FINDINGS, FINE, type Io } from './io.js'
import { personOf, policyRepositoryIn, withToken, type Person, type PersonOptions } from './person.js'

interface DoctorOptions extends PersonOptions {
  readonly json?: boolean
}

export const register = (program: Command, io: Io): void => {
  program
    .command('doctor')
    .description('tell what a repository lacks on GitHub for its gates to work; writes nothing')
    .argument('<target>', 'OWNER/REPO, or OWNER for the organisation’s policy alone')
    .option('--app-id <number>', 'the app that shall guard it; APP_ID where absent')
    .option('--token-stdin', 'read the token from standard input; GH_TOKEN or GITHUB_TOKEN where absent')
    .option('--json', 'print [{ state: ok | bad | unseen, text }]')
    .action((target: string, options: DoctorOptions) => doctor(target, options, io))
}

const TARGET = /^([^/\s#@]+)(?:\/([^/\s#@]+))?$/
const clock = { now: () => Date.now() }

/** Exit code 0 where all is well, 1 where something is bad or cannot be seen, 2 where it could not be looked at. */
const doctor = async (text: string, options: DoctorOptions, io: Io): Promise<void> => {
  const [whole, owner = '', name] = TARGET.exec(text) ?? []
  if (whole === undefined) throw new Error(`${plainText(text)} is neither OWNER nor OWNER/REPO`)
  const person = personOf(options, null, clock)
  const there = await withToken(() =>
    name === undefined ? ofOrganisation(person, owner) : ofRepository(person, owner, name),
  )
  const checked = [...(await checkedKeys(person.appId, process.env)), ...there]
  if (options.json === true) io.out(`${JSON.stringify(checked)}\n`)
  else for (const one of checked) io.out(`${lineOf(one, io.colour)}\n`)
  io.exit(checked.every(({ state }) => state === 'ok') ? FINE : FINDINGS)
}

const MARKS = {
  ok: ['green', '✓'],
  bad: ['red', '✗'],
  unseen: ['yellow', '?'],
} as const

const lineOf = ({ state, text }: Checked, colour: boolean): string => {
  const [shade, mark] = MARKS[state]
  return `${paint(shade, mark, colour)} ${text}`
}

const ofOrganisation = async ({ view }: Person, owner: string): Promise<readonly Checked[]> => {
  const repository = await view.repository(owner, policyRepositoryIn(process.env))
  const { policies, unseen } = await policiesAt(repository, (await repository.state()).tip)
  return checkedFile('the organisation’s', policies.organisation, unseen)
}

const ofRepository = async ({ view, appId }: Person, owner: string, name: string): Promise<readonly Checked[]> => {
  const repository = await view.repository(owner, name)
  const { defaultBranch, tip } = await repository.state()
  const { policies, unseen } = await policiesAt(repository, tip)
  const environments = await view.environments(owner, name)
  const at = { repository: `${repository.address.owner}/${repository.address.name}`, defaultBranch }
  const gates = gatesOf(
    policies,
    at,
    environments.map((each) => each.name),
  )
  const facts = await factsFor(repository, gates, { defaultBranch, tip }, { now: () => view.now() })
  return [
    ...checkedFile('the organisation’s', policies.organisation, unseen),
    ...checkedFile('the repository’s', policies.repository),
    ...environments.flatMap((environment) => {
      const gate = gates.find((each) => each.kind === 'release' && each.name === environment.name)
      return gate === undefined ? [] : checkedEnvironment(environment, gate, appId)
    }),
    ...checkedPeople(facts),
    ...checkedProtection(facts, gates[0], defaultBranch, appId),
  ]
}
