import { HttpProblem, found } from '../http/problem.js'
import { REPO, allows, list, ok, route } from '../http/route.js'
import { allRulesets, classicRuleFor } from '../operations/rules.js'
import { number, organisationOf, repositoryOf } from './common.js'
import { protectionView, rulesetView } from '../views/rules.js'
import { ruleCovers } from '../state/rules.js'
import type { Call, Realm, Route } from '../http/route.js'

/** Bypass lists are for those who may write the ruleset. */
const maySeeBypass = ({ platform }: Realm, { caller, params }: Call): boolean => {
  if (caller.kind === 'installation') return allows(caller.permissions['administration'], 'write')
  const repository = platform.findRepository(params['owner'] ?? '', params['repo'] ?? '')
  return caller.kind === 'user' && repository !== undefined && platform.isAdmin(repository, caller.account)
}

/** Classic protection and rulesets: two layers, read apart. */
export const ruleRoutes: readonly Route[] = [
  route(`GET ${REPO}/branches/{branch}/protection`, ['administration', 'read'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    const branch = call.params['branch'] ?? ''
    if (!repository.branches.has(branch)) throw new HttpProblem(404, 'Branch not found')
    const rule = classicRuleFor(repository, branch)
    if (!rule) throw new HttpProblem(404, 'Branch not protected')
    return ok(protectionView(realm.platform, repository, branch, rule.protection))
  }),
  route(`GET ${REPO}/rules/branches/{branch}`, ['metadata', 'read'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    const ref = `refs/heads/${call.params['branch'] ?? ''}`
    const active = allRulesets(repository).filter(
      (ruleset) => ruleset.enforcement === 'active' && ruleCovers(ruleset, ref, repository.defaultBranch),
    )
    return list(
      active.flatMap(({ rules, sourceType, source, id }) =>
        rules.map((rule) => ({ ...rule, ruleset_source_type: sourceType, ruleset_source: source, ruleset_id: id })),
      ),
    )
  }),
  route(`GET ${REPO}/rulesets`, ['metadata', 'read'], (realm, call) => {
    const repository = repositoryOf(realm, call)
    const { targets, includes_parents: parents } = call.query
    const rows = (parents === 'false' ? repository.rulesets : allRulesets(repository)).filter(
      ({ target }) => targets === undefined || targets.split(',').includes(target),
    )
    return list(rows.map((ruleset) => rulesetView(realm.platform, ruleset, { detail: false, withBypass: false })))
  }),
  route(`GET ${REPO}/rulesets/{ruleset_id}`, ['metadata', 'read'], (realm, call) => {
    const ruleset = found(allRulesets(repositoryOf(realm, call)).find(({ id }) => id === number(call, 'ruleset_id')))
    return ok(rulesetView(realm.platform, ruleset, { detail: true, withBypass: maySeeBypass(realm, call) }))
  }),
  route('GET /orgs/{org}/rulesets', ['organization_administration', 'write'], (realm, call) =>
    list(
      organisationOf(realm, call).rulesets.map((ruleset) =>
        rulesetView(realm.platform, ruleset, { detail: false, withBypass: false }),
      ),
    ),
  ),
  route('GET /orgs/{org}/rulesets/{ruleset_id}', ['organization_administration', 'write'], (realm, call) => {
    const ruleset = found(organisationOf(realm, call).rulesets.find(({ id }) => id === number(call, 'ruleset_id')))
    return ok(rulesetView(realm.platform, ruleset, { detail: true, withBypass: true }))
  }),
]
