import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect, test } from '@jest/globals'
import { readSettings, type Settings } from '../src/settings.js'

const pem = (type: 'rsa' | 'ed25519') =>
  type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
    : generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const KEY = pem('rsa')
const LEDGER_KEY = pem('ed25519')
const REAL = { APP_ID: '7', PRIVATE_KEY: KEY, WEBHOOK_SECRET: 'a-long-random-text' }

const settingsOf = (env: Record<string, string>, readFile?: (path: string) => string): Settings => {
  const result = readSettings({ ...REAL, ...env }, readFile)
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.settings
}
const problemsOf = (env: Record<string, string | undefined>, readFile?: (path: string) => string) => {
  const result = readSettings({ ...REAL, ...env }, readFile)
  return result.ok ? [] : result.problems
}

test('the three credentials suffice; everything else has a default', () => {
  expect(settingsOf({})).toEqual({
    appId: 7,
    privateKeys: [KEY],
    webhookSecrets: ['a-long-random-text'],
    client: null,
    host: '0.0.0.0',
    port: 3000,
    metricsPort: 3000,
    baseUrl: null,
    github: { host: null, protocol: 'https', apiUrl: 'https://api.github.com', webUrl: 'https://github.com' },
    logLevel: 'info',
    dataDir: './data',
    databaseUrl: null,
    retainDeliveries: 7 * 24 * 60 * 60 * 1000,
    retainFacts: 400 * 24 * 60 * 60 * 1000,
    retainDecisions: 2557 * 24 * 60 * 60 * 1000,
    sessionSecrets: [],
    ledgerKeys: [],
    allowedOrganisations: [],
    policyRepository: '.github',
    organisationPolicy: 'auto',
    notices: [],
  })
})

test('every variable is read', () => {
  const settings = settingsOf({
    WEBHOOK_SECRET: ' new-secret , old-secret ',
    GITHUB_CLIENT_ID: 'Iv1.a',
    GITHUB_CLIENT_SECRET: 'x,y',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '9090',
    BASE_URL: 'https://gates.example.org/',
    LOG_LEVEL: 'WARN',
    DATA_DIR: '/var/lib/gates',
    SESSION_SECRET: 's'.repeat(32),
    LEDGER_KEY,
    ALLOWED_ORGANISATIONS: 'Acme, octo-org',
    POLICY_REPOSITORY: 'policies',
    ORGANISATION_POLICY: 'required',
  })
  expect(settings).toMatchObject({
    webhookSecrets: ['new-secret', 'old-secret'],
    client: { id: 'Iv1.a', secrets: ['x', 'y'] },
    host: '127.0.0.1',
    port: 0,
    metricsPort: 9090,
    baseUrl: 'https://gates.example.org',
    logLevel: 'warn',
    dataDir: '/var/lib/gates',
    sessionSecrets: ['s'.repeat(32)],
    ledgerKeys: [LEDGER_KEY],
    allowedOrganisations: ['acme', 'octo-org'],
    policyRepository: 'policies',
    organisationPolicy: 'required',
  })
})

test.each([
  ['as it is', KEY],
  ['with \\n for its line ends', KEY.trim().replaceAll('\n', '\\n')],
  ['in quotes', `"${KEY.trim().replaceAll('\n', '\\n')}"`],
  ['in base64', Buffer.from(KEY).toString('base64')],
])('a private key is taken %s', (_how, value) => {
  expect(settingsOf({ PRIVATE_KEY: value }).privateKeys).toEqual([KEY])
})

test('two private keys are taken, newest first', () => {
  const older = pem('rsa')
  expect(settingsOf({ PRIVATE_KEY: `${KEY},${older}` }).privateKeys).toEqual([KEY, older])
})

test('a private key is taken from the file that PRIVATE_KEY_PATH names', () => {
  const read: string[] = []
  const readFile = (path: string) => {
    read.push(path)
    return KEY
  }
  expect(settingsOf({ PRIVATE_KEY: '', PRIVATE_KEY_PATH: 'app.pem' }, readFile).privateKeys).toEqual([KEY])
  expect(read).toEqual(['app.pem'])
})

test('a key file that cannot be read, is empty or holds no key is told with its path', () => {
  const path = { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: 'app.pem' }
  const missing = () => {
    throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
  }
  expect(problemsOf(path, missing)).toEqual([
    'PRIVATE_KEY_PATH is "app.pem"; the file cannot be read: there is no such file. Name the PEM file that GitHub made.',
  ])
  expect(problemsOf(path, () => ' \n')).toEqual(['PRIVATE_KEY_PATH is "app.pem"; that file is empty.'])
  expect(problemsOf(path, () => 'hello')).toEqual([
    'PRIVATE_KEY_PATH holds no PEM private key. Make "app.pem" the PEM file that GitHub made, or two of them with a comma between them, newest first.',
  ])
  expect(problemsOf(path, () => `${KEY}${pem('rsa')}`)).toEqual([
    'PRIVATE_KEY_PATH holds 2 PEM blocks with no comma between them, of which only the first would count. Make "app.pem" the PEM file that GitHub made, or two of them with a comma between them, newest first.',
  ])
  expect(problemsOf({ PRIVATE_KEY_PATH: 'app.pem' })).toEqual([
    'PRIVATE_KEY is set and PRIVATE_KEY_PATH is "app.pem"; unset one of them.',
  ])
})

test('a GitHub Enterprise Server may have a port and plain HTTP', () => {
  expect(settingsOf({ GHE_HOST: '127.0.0.1:4010', GHE_PROTOCOL: 'http' }).github).toEqual({
    host: '127.0.0.1:4010',
    protocol: 'http',
    apiUrl: 'http://127.0.0.1:4010/api/v3',
    webUrl: 'http://127.0.0.1:4010',
  })
})

test('without any credential the app is unregistered, and still knows where to show its registration page', () => {
  const result = readSettings({ PORT: '8080', APP_ID: '', BASE_URL: 'https://gates.example.org' })
  expect(result).toMatchObject({ ok: false, kind: 'unregistered', registration: { port: 8080 } })
  expect(result).toHaveProperty('problems.length', 3)
})

test.each(['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET'])('with %s alone the app is misconfigured, not new', (name) => {
  expect(readSettings({ [name]: REAL[name as keyof typeof REAL] })).toMatchObject({ ok: false, kind: 'invalid' })
})

test('without credentials, a setting that does not fit is told before anything is offered', () => {
  expect(readSettings({ PORT: 'http' })).toMatchObject({ ok: false, kind: 'invalid' })
})

test.each([
  [{ APP_ID: undefined }, 'APP_ID is not set; it is the number on the app’s page at GitHub.'],
  [{ PRIVATE_KEY: undefined }, /^PRIVATE_KEY is not set, nor PRIVATE_KEY_PATH; generate/],
  [{ WEBHOOK_SECRET: ' ' }, /^WEBHOOK_SECRET is not set;/],
  [{ APP_ID: 'Iv1.abc' }, /^APP_ID is "Iv1.abc"; it must be the app’s number/],
  [{ APP_ID: '0' }, /^APP_ID is "0";/],
  [{ WEBHOOK_SECRET: 'development' }, /^WEBHOOK_SECRET is a public word/],
  [{ WEBHOOK_SECRET: 'a-long-random-text,development' }, /^WEBHOOK_SECRET, value 2, is a public word/],
  [{ WEBHOOK_SECRET: 'hunter2' }, /^WEBHOOK_SECRET has fewer than 8 characters\. Use a long random text/],
  [{ WEBHOOK_SECRET: 'aaaaaaaa,bbbbbbbb,cccccccc' }, /^WEBHOOK_SECRET holds 3 values; give one, or two/],
  [{ WEBHOOK_SECRET: 'aaaaaaaa,' }, /^WEBHOOK_SECRET holds 2 values/],
  [{ PRIVATE_KEY: 'nonsense' }, /^PRIVATE_KEY holds no PEM private key\. Give the PEM file/],
  [{ PRIVATE_KEY: KEY.slice(0, 400) }, /^PRIVATE_KEY is not a complete PEM private key/],
  [{ PRIVATE_KEY: LEDGER_KEY }, /^PRIVATE_KEY is a key of type ed25519, not rsa/],
  [{ LEDGER_KEY: KEY }, /^LEDGER_KEY is a key of type rsa, not ed25519/],
  [{ PORT: '65536' }, 'PORT is "65536"; it must be a whole number from 0 to 65535.'],
  [{ METRICS_PORT: '-1' }, /^METRICS_PORT is "-1"/],
  [{ RETAIN_DELIVERIES: '3d' }, /^RETAIN_DELIVERIES is "3d"; it must be days or years, from 4d/],
  [{ RETAIN_FACTS: '6d' }, /^RETAIN_FACTS is "6d"; it must be days or years, from 7d to 36500d, like 400d/],
  [{ RETAIN_FACTS: '1w' }, /^RETAIN_FACTS is "1w"/],
  [{ RETAIN_DECISIONS: '29d' }, /^RETAIN_DECISIONS is "29d"; it must be days or years, from 30d/],
  [{ RETAIN_DECISIONS: '101y' }, /^RETAIN_DECISIONS is "101y"/],
  [{ RETAIN_FACTS: '2y', RETAIN_DECISIONS: '730d' }, /^RETAIN_FACTS is longer than RETAIN_DECISIONS/],
  [{ RETAIN_DELIVERIES: '7' }, /^RETAIN_DELIVERIES is "7"/],
  [{ HOST: 'http://x' }, /^HOST is "http:\/\/x"/],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud"; it must be one of trace, debug, info, warn, error, fatal, silent.'],
  [{ GHE_HOST: 'https://github.example.org' }, /^GHE_HOST is "https:\/\/github.example.org"; it must be a host/],
  [{ GHE_PROTOCOL: 'ftp' }, /^GHE_PROTOCOL is "ftp"; it must be https or http/],
  [{ BASE_URL: 'gates.example.org' }, /^BASE_URL is "gates.example.org"; it must be the address/],
  [{ GITHUB_CLIENT_ID: 'x' }, /^GITHUB_CLIENT_ID is set without GITHUB_CLIENT_SECRET/],
  [{ GITHUB_CLIENT_SECRET: 'x' }, /^GITHUB_CLIENT_SECRET is set without GITHUB_CLIENT_ID/],
  [{ SESSION_SECRET: 'short' }, /^SESSION_SECRET has fewer than 32 characters/],
  [{ DATABASE_URL: 'mysql://me:pass@db/x' }, /^DATABASE_URL is not the address of a PostgreSQL database; it must be/],
  [
    { DATABASE_URL: 'postgres://me:pa/ss@db/x' },
    /^DATABASE_URL is not the address of a PostgreSQL database; it must be/,
  ],
  [{ DATABASE_URL: 'postgres://me:pass@db' }, /^DATABASE_URL is not the address of a PostgreSQL database; it must be/],
  [
    { DATABASE_URL: 'postgres://me:pass@db/x?sslmode=bogus' },
    'DATABASE_URL has sslmode="bogus"; it must be one of disable, prefer, require, verify-ca, verify-full, no-verify.',
  ],
  [{ ALLOWED_ORGANISATIONS: 'acme;octo' }, /^ALLOWED_ORGANISATIONS is "acme;octo"; it must be a list/],
  [
    { POLICY_REPOSITORY: 'acme/.github' },
    /^POLICY_REPOSITORY is "acme\/.github"; it must be a repository’s name, without/,
  ],
  [{ ORGANISATION_POLICY: 'maybe' }, 'ORGANISATION_POLICY is "maybe"; it must be one of auto, required, none.'],
] as const)('%j is refused with its name and a remedy', (env, problem) => {
  const problems = problemsOf(env)
  expect(problems.length).toBe(1)
  expect(problems[0]).toMatch(problem)
})

test('the store is the folder, or the PostgreSQL that DATABASE_URL names, also through a socket', () => {
  expect(settingsOf({})).toMatchObject({ dataDir: './data', databaseUrl: null })
  for (const DATABASE_URL of [
    'postgres://me:p%2Fass@db:5432/gates?sslmode=verify-full',
    'postgresql:///gates?host=/run',
  ])
    expect(settingsOf({ DATABASE_URL })).toMatchObject({ databaseUrl: DATABASE_URL })
})

test('all problems are told at once', () => {
  const wrong = {
    APP_ID: 'x',
    WEBHOOK_SECRET: '',
    PORT: '99999',
    LOG_LEVEL: 'z',
    ORGANISATION_POLICY: 'w',
    POLICY_REPOSITORY: 'a/b',
    SESSION_SECRET: 's',
    LEDGER_KEY: 'k',
  }
  const named = problemsOf(wrong).map((problem) => /^[A-Z_]+/.exec(problem)?.[0])
  expect(named.sort()).toEqual(Object.keys(wrong).sort())
})

test('no problem ever shows a secret', () => {
  const secret = 'shh-1234'
  const secrets = ['PRIVATE_KEY', 'SESSION_SECRET', 'LEDGER_KEY', 'DATABASE_URL', 'GITHUB_CLIENT_SECRET']
  const problems = problemsOf({
    ...Object.fromEntries(secrets.map((name) => [name, secret])),
    WEBHOOK_SECRET: `${secret},${secret},${secret}`,
    BASE_URL: `https://me:${secret}@gates.example.org`,
  })
  expect(problems.length).toBe(7)
  expect(problems.join('\n')).not.toContain(secret)
})

test('what is set and has no effect is said, not ignored', () => {
  const { notices } = settingsOf({ SESSION_SECRET: 'x'.repeat(32), WEBHOOK_PATH: '/hook' })
  expect(notices).toEqual([
    'SESSION_SECRET is set and has no effect: signing in comes in a later version.',
    'WEBHOOK_PATH is set and has no effect: deliveries always come to /api/github/webhooks.',
  ])
})

test('.env.example lists every variable that is read, each with a line that explains it', () => {
  const read = new Set<string>()
  const watched = new Proxy<Record<string, string>>(REAL, {
    get: (env, name: string) => {
      read.add(name)
      return env[name]
    },
  })
  readSettings(watched)
  const notOurs = ['WEBHOOK_PATH', 'WEBHOOK_PROXY_URL', 'REDIS_URL']
  const lines = readFileSync('.env.example', 'utf8').split('\n')
  const listed = lines.flatMap((line, index) => {
    const name = /^#?([A-Z_]+)=$/.exec(line)?.[1]
    if (name !== undefined) expect(lines[index - 1]).toMatch(/^# [A-Za-z0-9].{10,}\.$/)
    return name ?? []
  })
  expect(listed.sort()).toEqual([...read].filter((name) => !notOurs.includes(name)).sort())
})

test('a copy of .env.example sets nothing but what is needed, so that it overrides nothing of an image', () => {
  const set = Object.keys(parseEnv(readFileSync('.env.example', 'utf8')))
  expect(set).toEqual(['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET'])
})
