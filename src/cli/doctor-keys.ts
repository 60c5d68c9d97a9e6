import { appKeys, type KeyStanding } from '../github/app-keys.js'
import { PLAIN } from '../policy/words/text.js'
import { readPrivateKeys } from '../settings-credentials.js'
import type { Checked } from './doctor-checks.js'
import { valueIn, type Environment } from './environment.js'

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

const checkedKey = ({ name, state }: KeyStanding): Checked => {
  switch (state) {
    case 'taken':
      return { state: 'ok', text: `${name}: GitHub takes it` }
    case 'refused':
      return {
        state: 'bad',
        text: `${name}: GitHub refuses it (401); the page of the app at GitHub lists those it takes`,
      }
    case 'unheard':
      return { state: 'unseen', text: `${name}: GitHub does not say whether it takes it` }
  }
}

/** Each of the app's private keys that the environment gives, newest first: whether GitHub takes it. None: nothing. */
export const checkedKeys = async (appId: number | null, env: Environment): Promise<readonly Checked[]> => {
  const privateKeys = keysIn(env)
  if (!Array.isArray(privateKeys)) return [privateKeys]
  if (privateKeys.length === 0) return []
  if (appId === null)
    return [{ state: 'unseen', text: 'whether GitHub takes the private key cannot be told without --app-id or APP_ID' }]
  const place = { host: valueIn(env, 'GHE_HOST') ?? undefined, protocol: valueIn(env, 'GHE_PROTOCOL') ?? undefined }
  const keys = appKeys({ ...place, appId, privateKeys, log: SILENT, octokitLog: SILENT })
  return (await keys.standing(privateKeys)).map(checkedKey)
}

/** What does not fit is a finding like others: the rest of the look needs no private key. */
const keysIn = (env: Environment): string[] | Checked => {
  try {
    return [...readPrivateKeys(env)]
  } catch (error) {
    return { state: 'bad', text: PLAIN.line(error instanceof Error ? error.message : String(error)) }
  }
}
