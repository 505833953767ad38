/**
 * P2 through a front end, on real processes: a bearer token (RFC 8898) is checked by the user's home; a certificate
 * that a front end is shown signs nobody in.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { AdminClient } from '../../src/cli/admin-client.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { issue, keyPemOf, pemOf, usageOfClients } from '../support/issued-certificates.ts'
import type { SocketClient } from '../support/socket-client.ts'
import { bodiesOf, processesStartMs, TopologyProcesses } from '../support/topology-processes.ts'

const servers = new TopologyProcesses()
const { privateKey, publicKey } = await generateKeyPair('ES256')
const stranger = await generateKeyPair('ES256')
const usersAuthority = await issue({ name: 'Users', isAuthority: true }, null)
const testMs = 60_000

beforeAll(async () => {
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'first', use: 'sig' }] }
  writeFileSync(join(servers.folder, 'keys.json'), JSON.stringify(keys))
  writeFileSync(join(servers.folder, 'users.crt'), pemOf(usersAuthority))
  servers.yaml = [
    'auth:',
    '  certificates: { authorityFile: users.crt, names: [sip-uri] }',
    '  tokens: { issuer: "https://login.example.test", audience: sip.example.test, keysFile: keys.json }',
  ]
  await servers.start({ front: 'front-end', one: 'home', two: 'home' }, { alice: 'one', bob: 'two' })
}, 4 * processesStartMs)

function token(claims: JWTPayload, key = privateKey): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000)
  const usual = { iss: 'https://login.example.test', aud: 'sip.example.test', iat: nowSeconds, exp: nowSeconds + 3600 }
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'first' }).sign(key)
}

async function register(client: SocketClient, made: string | null): Promise<SipMessage> {
  const headers = made === null ? [] : ([['Authorization', `Bearer ${made}`]] as const)
  return client.askOnce('REGISTER', client.registration(headers))
}

async function tried(user: string, made: string | null): Promise<string> {
  const client = await servers.connect('front', user)
  const { statusCode, reasonPhrase } = await register(client, made)
  client.end()
  return `${statusCode} ${reasonPhrase}`
}

it(
  'a token signs its user in, who then writes and is written to; wrong ones do not',
  async () => {
    const alice = await servers.connect('front', 'alice')
    expect((await register(alice, await token({ sip: 'alice@example.test' }))).statusCode).toBe(200)
    const bob = await servers.signIn('front', 'bob')
    const message = { uri: 'sip:bob@example.test', to: 'sip:bob@example.test', body: 'by token' }
    expect((await alice.askOnce('MESSAGE', message)).statusCode).toBe(200)
    expect(bodiesOf(bob)).toEqual(['by token'])
    expect(await bob.message('alice', 'and back')).toBe(200)
    expect(bodiesOf(alice)).toEqual(['and back'])
    alice.end()
    bob.end()
    expect(await tried('alice', await token({ sip: 'bob@example.test' }))).toBe('403 Token Is For Another User')
    expect(await tried('alice', await token({ sip: 'alice@example.test' }, stranger.privateKey))).toMatch(/^401 /)
    expect(await tried('alice', await token({ sip: 'alice@example.test', exp: 1 }))).toMatch(/^401 /)
    expect(await tried('alice', null)).toMatch(/^401 /)
  },
  testMs,
)

it(
  'a certificate signs nobody in: the password is asked for, whoever it names',
  async () => {
    const user = [{ type: 'url' as const, value: 'sip:alice@example.test' }]
    const shown = await issue({ name: 'alice', usages: [usageOfClients], user }, usersAuthority)
    const pair = { certificatePem: pemOf(shown), keyPem: await keyPemOf(shown) }
    const atFront = await servers.connect('front', 'alice', pair)
    const challenged = await register(atFront, null)
    expect([challenged.statusCode, challenged.all(HeaderId.wwwAuthenticate)[0]]).toEqual([
      401,
      expect.stringMatching(/^Digest /),
    ])
    expect(await atFront.register()).toBe(200)
    // The same certificate is enough at her home.
    const atHome = await servers.connect('one', 'alice', pair)
    expect((await register(atHome, null)).statusCode).toBe(200)
    atFront.end()
    atHome.end()
  },
  testMs,
)

it(
  'a token of a user who is disabled ends at the front end, and lets nobody in again',
  async () => {
    const made = await token({ sip: 'alice@example.test' })
    const alice = await servers.connect('front', 'alice')
    expect((await register(alice, made)).statusCode).toBe(200)
    const admin = new AdminClient(servers.adminSocket('one'))
    expect((await admin.setDisabled('alice', true)).ok).toBe(true)
    expect(await alice.closed).toMatch(/closed|reset/)
    expect(await tried('alice', made)).not.toMatch(/^200/)
    expect((await admin.setDisabled('alice', false)).ok).toBe(true)
    expect(await tried('alice', made)).toMatch(/^401 /)
  },
  testMs,
)
