/**
 * P2: who signs in without a password is who he says he is: by a certificate on the TLS port, or by a bearer token
 * (RFC 8898). A real server with an authority of its users and an issuer of tokens, right ones and every wrong one.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminClient } from '../../src/cli/admin-client.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import {
  crlPemOf,
  type Issued,
  issue,
  keyPemOf,
  pemOf,
  usageOfClients,
  type Wanted,
} from '../support/issued-certificates.ts'
import { eventually, type ServerProcess, serverFolder } from '../support/server-process.ts'
import { SocketClient } from '../support/socket-client.ts'

const testMs = 120_000
const { folder, serve } = serverFolder()
const authority = await issue({ name: 'Users', isAuthority: true }, null)
const stranger = await issue({ name: 'Strangers', isAuthority: true }, null)
const keyPairs = await Promise.all(['RS256', 'ES256', 'ES256'].map((alg) => generateKeyPair(alg)))
const [rsa, rotated, foreign] = keyPairs as [(typeof keyPairs)[0], (typeof keyPairs)[0], (typeof keyPairs)[0]]
/** What the issuer publishes; null: it is out of order. */
let published: object | null = null
let issuer: Server
let server: ServerProcess
let admin: AdminClient

const people = ['alice', 'bob', 'carol', 'dave'] as const
const terms = 'authz_server="https://login.example.test", scope="sip im"'

beforeAll(async () => {
  issuer = createServer((_request, response) => {
    response.writeHead(published === null ? 503 : 200).end(JSON.stringify(published))
  })
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
  published = { keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'first', use: 'sig' }] }
  writeFileSync(join(folder, 'users.crt'), pemOf(authority))
  writeFileSync(join(folder, 'users.crl'), await crlPemOf(authority, []))
  const lines = [
    'domain: { name: example.test }',
    // Only this test's own address guesses here, and often.
    'limits: { failedAuthenticationsPerMinute: 0 }',
    'auth:',
    '  certificates: { authorityFile: users.crt, revocationFiles: [users.crl], names: [sip-uri, email] }',
    '  tokens:',
    '    issuer: https://login.example.test',
    '    audience: sip.example.test',
    `    keysUrl: http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`,
    '    scope: sip im',
  ]
  writeFileSync(join(folder, 'meridian.yaml'), `${lines.join('\n')}\n`)
  server = await serve(['serve', '-c', 'meridian.yaml'])
  admin = new AdminClient(join(folder, 'data/admin.sock'))
  for (const name of people) {
    const user = { name, displayName: '', aliases: [], groups: [], password: 'a long enough password', disabled: false }
    expect((await admin.addUser(user)).ok).toBe(true)
  }
}, testMs)

afterAll(() => {
  issuer.close()
})

async function metric(labels: string): Promise<number> {
  const scraped = await admin.metricsText()
  const lines = scraped.ok ? scraped.value.split('\n') : []
  return Number(lines.find((line) => line.startsWith(labels))?.split(' ')[1] ?? Number.NaN)
}

function audited(): { event: string; subject: string; detail?: string }[] {
  const lines = readFileSync(join(folder, 'data/audit.jsonl'), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as { event: string; subject: string; detail?: string })
}

/** Without a certificate where none is given. */
async function connect(name: string, shown: Issued | null, more: object = {}): Promise<SocketClient> {
  const pair = shown ? { certificatePem: pemOf(shown), keyPem: await keyPemOf(shown) } : {}
  const tls = { ca: server.authority, ...pair, ...more }
  const options = { transport: 'tls', host: '127.0.0.1', port: server.ports.get('tls')!, tls } as const
  return SocketClient.connect(options, { name, password: 'no password' })
}

function userCertificate(name: string, more: Partial<Wanted> = {}, by: Issued | null = authority): Promise<Issued> {
  const user = [{ type: 'url' as const, value: `sip:${name}@example.test` }]
  return issue({ name, usages: [usageOfClients], user, ...more }, by)
}

async function register(client: SocketClient, token: string | null = null): Promise<SipMessage> {
  const headers = token === null ? [] : ([['Authorization', `Bearer ${token}`]] as const)
  return client.askOnce('REGISTER', client.registration(headers))
}

const said = ({ statusCode, reasonPhrase }: SipMessage) => `${statusCode} ${reasonPhrase}`

/** Seconds that the server grants this client's binding, among those of other devices. */
async function grantedTo(client: SocketClient, made: string | null = null): Promise<number> {
  const instance = /<urn:[^>]*>/.exec(client.registration().headers![0]![1])![0]
  const contacts = (await register(client, made)).values(HeaderId.contact)
  return Number(/;expires=(\d+)/.exec(contacts.find((value) => value.includes(instance)) ?? '')?.[1])
}

describe('a certificate', { timeout: testMs }, () => {
  it('signs its user in without a challenge, who then writes and is written to', async () => {
    const [alice, bob] = [
      await connect('alice', await userCertificate('alice')),
      await connect('bob', await userCertificate('bob', { user: [{ type: 'email', value: 'bob@example.test' }] })),
    ]
    expect(said(await register(alice))).toBe('200 OK')
    expect(said(await register(bob))).toBe('200 OK')
    const message = { uri: 'sip:bob@example.test', to: 'sip:bob@example.test', body: 'by certificate' }
    expect((await alice.askOnce('MESSAGE', message)).statusCode).toBe(200)
    expect(bob.requests.map(({ body }) => String(body))).toEqual(['by certificate'])
    alice.end()
    bob.end()
  })

  it('is no condition: without one the password is asked for', async () => {
    const alice = await connect('alice', null)
    expect((await register(alice)).statusCode).toBe(401)
    alice.end()
  })

  it('of another user is refused in words, counted and audited', async () => {
    const counter = 'meridian_proofs_total{by="certificate",result="for-another"}'
    const before = await metric(counter)
    const bob = await connect('bob', await userCertificate('alice'))
    expect(said(await register(bob))).toBe('403 Certificate Is For Another User')
    expect(await metric(counter)).toBe(before + 1)
    await eventually('it is in the audit log', () => {
      const { subject, detail } = audited().find(({ event }) => event === 'certificate.for-another') ?? {}
      return subject === 'sip:bob@example.test' && detail === 'it names sip:alice@example.test'
    })
    bob.end()
  })

  it.each<[string, Partial<Wanted>, Issued | null]>([
    ['unknown-authority', {}, stranger],
    ['self-signed', {}, null],
    ['expired', { fromDays: -9, untilDays: -1 }, authority],
    ['no-user-name', { user: [], dns: ['alice.example.test'] }, authority],
  ])('that is no good is refused as %s, counted and audited', async (reason, wanted, by) => {
    const before = await metric('meridian_client_certificates_total{result="refused"}')
    const alice = await connect('alice', await userCertificate('alice', wanted, by))
    expect(said(await register(alice))).toBe(`403 Client Certificate Refused (${reason})`)
    expect(await metric('meridian_client_certificates_total{result="refused"}')).toBe(before + 1)
    const isThis = ({ event, detail }: { event: string; detail?: string }) =>
      event === 'certificate.refused' && detail?.startsWith(`${reason}:`) === true
    await eventually('it is in the audit log', () => audited().some(isThis))
    alice.end()
  })

  it('counts in a resumed TLS session too, and is checked again there', async () => {
    let session: Buffer | null = null
    const shown = await userCertificate('alice')
    const first = await connect('alice', shown, { onSession: (given: Buffer) => (session = given) })
    expect(said(await register(first))).toBe('200 OK')
    await eventually('a ticket has come', () => session !== null)
    first.end()
    const again = await connect('alice', shown, { session: session! })
    expect(said(await register(again))).toBe('200 OK')
    again.end()
  })

  it('binds no longer than it is good itself', async () => {
    const alice = await connect('alice', await userCertificate('alice', { untilDays: 300 / 86_400 }))
    expect(await grantedTo(alice)).toBeLessThanOrEqual(300)
    alice.end()
  })

  it('dies with the account, and counts again when that does', async () => {
    const shown = await userCertificate('dave')
    const dave = await connect('dave', shown)
    expect(said(await register(dave))).toBe('200 OK')
    expect((await admin.setDisabled('dave', true)).ok).toBe(true)
    expect(await dave.closed).toMatch(/closed|reset/)
    const again = await connect('dave', shown)
    expect((await register(again)).statusCode).toBe(403)
    again.end()
    expect((await admin.setDisabled('dave', false)).ok).toBe(true)
    const later = await connect('dave', shown)
    expect(said(await register(later))).toBe('200 OK')
    later.end()
  })

  it('that is revoked loses its connection at once, and every later one', async () => {
    const shown = await userCertificate('carol')
    const carol = await connect('carol', shown)
    expect(said(await register(carol))).toBe('200 OK')
    const list = await crlPemOf(authority, [shown.certificate.serialNumber])
    writeFileSync(join(folder, 'next.crl'), list)
    renameSync(join(folder, 'next.crl'), join(folder, 'users.crl'))
    expect(await carol.closed).toMatch(/closed|reset/)
    await eventually('both workers have the list', async () => {
      const again = await connect('carol', shown)
      const answer = said(await register(again))
      again.end()
      return answer === '403 Client Certificate Refused (revoked)'
    })
  })
})

describe('a bearer token', { timeout: testMs }, () => {
  interface Made {
    readonly claims?: JWTPayload
    readonly key?: CryptoKey
    readonly kid?: string
    readonly alg?: string
    readonly lifeSeconds?: number
  }

  /** One that alice may sign in with, and what is to be wrong with it. */
  function token({ claims = {}, key = rsa.privateKey, kid = 'first', alg = 'RS256', lifeSeconds = 3600 }: Made = {}) {
    const nowSeconds = Math.floor(Date.now() / 1000)
    const times = { iat: nowSeconds, exp: nowSeconds + lifeSeconds }
    const usual = { iss: 'https://login.example.test', aud: 'sip.example.test', sip: 'alice@example.test', ...times }
    return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg, kid }).sign(key)
  }

  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  async function tried(made: string): Promise<string> {
    const alice = await connect('alice', null)
    const answer = await register(alice, made)
    alice.end()
    const challenge = answer.all(HeaderId.wwwAuthenticate).find((value) => value.startsWith('Bearer')) ?? ''
    return `${said(answer)}${challenge.includes('error="invalid_token"') ? ' invalid_token' : ''}`
  }

  it('is offered in the challenge, over TLS only (RFC 8898 §4)', async () => {
    const overTls = await connect('alice', null)
    const tcp = { transport: 'tcp', host: '127.0.0.1', port: server.ports.get('tcp')! } as const
    const overTcp = await SocketClient.connect(tcp, { name: 'alice', password: 'no password' })
    const offered = (await register(overTls)).all(HeaderId.wwwAuthenticate)
    expect(offered.at(-1)).toBe(`Bearer realm="example.test", ${terms}`)
    expect(offered[0]).toMatch(/^Digest .*SHA-256/)
    const plain = await register(overTcp)
    expect(plain.all(HeaderId.wwwAuthenticate).some((value) => value.startsWith('Bearer'))).toBe(false)
    expect(said(await register(overTcp, await token()))).toBe('403 Bearer Tokens Need TLS')
    overTls.end()
    overTcp.end()
  })

  it('signs its user in, for no longer than it is good itself', async () => {
    const alice = await connect('alice', null)
    expect(await grantedTo(alice, await token({ lifeSeconds: 300 }))).toBeLessThanOrEqual(300)
    // The refresh of the flow's own identity ends there as well, and a new token lasts longer.
    expect(await grantedTo(alice)).toBeLessThanOrEqual(300)
    expect(await grantedTo(alice, await token())).toBeGreaterThan(300)
    alice.end()
  })

  it('goes no further than to us', async () => {
    const [alice, bob] = [await connect('alice', null), await connect('bob', await userCertificate('bob'))]
    expect(said(await register(bob))).toBe('200 OK')
    const headers = [['Authorization', `Bearer ${await token()}`]] as const
    const message = { uri: 'sip:bob@example.test', to: 'sip:bob@example.test', body: 'by token', headers }
    expect((await alice.askOnce('MESSAGE', message)).statusCode).toBe(200)
    expect(bob.requests.at(-1)?.all(HeaderId.authorization)).toEqual([])
    alice.end()
    bob.end()
  })

  it.each<[string, string, () => Promise<string>]>([
    ['has run out', '401 Unauthorized invalid_token', () => token({ lifeSeconds: -120 })],
    ['is not yet good', '401 Unauthorized invalid_token', () => token({ claims: { nbf: Date.now() / 1000 + 600 } })],
    ['is of another issuer', '401 Unauthorized invalid_token', () => token({ claims: { iss: 'https://else.test' } })],
    ['is for another service', '401 Unauthorized invalid_token', () => token({ claims: { aud: 'mail.example.test' } })],
    ['names nobody', '401 Unauthorized invalid_token', () => token({ claims: { sip: '' } })],
    [
      'is signed by a stranger',
      '401 Unauthorized invalid_token',
      () => token({ key: foreign.privateKey, alg: 'ES256' }),
    ],
    ['is no token', '401 Unauthorized invalid_token', async () => 'abc'],
    [
      'is not signed (alg none)',
      '401 Unauthorized invalid_token',
      async () => `${base64({ alg: 'none' })}.${(await token()).split('.')[1]}.`,
    ],
    ['is signed with the public key as a secret (HS256)', '401 Unauthorized invalid_token', () => confused()],
    ['is of another user', '403 Token Is For Another User', () => token({ claims: { sip: 'sip:bob@example.test' } })],
    ['ran out within the skew of the clocks', '200 OK', () => token({ lifeSeconds: -20 })],
    ['names its user without a domain', '200 OK', () => token({ claims: { sip: 'alice' } })],
  ])('that %s: %s', async (_what, answer, made) => {
    expect(await tried(await made())).toBe(answer)
  })

  /** RFC 8725 §2.1. */
  async function confused(): Promise<string> {
    const secret = Buffer.from(JSON.stringify(await exportJWK(rsa.publicKey)))
    const claims = JSON.parse(Buffer.from((await token()).split('.')[1]!, 'base64url').toString()) as JWTPayload
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'first' }).sign(secret)
  }

  it('is audited where it is no good, and never with what it says', async () => {
    const notes = audited().filter(({ event }) => event.startsWith('token.'))
    expect(notes.map(({ event }) => event)).toEqual(expect.arrayContaining(['token.refused', 'token.for-another']))
    expect(JSON.stringify(notes)).not.toMatch(/eyJ/)
  })

  it('is known by a new key of the issuer, and by the known ones while that is out of order', async () => {
    const keys = (published as { keys: object[] }).keys
    published = { keys: [...keys, { ...(await exportJWK(rotated.publicKey)), kid: 'second', use: 'sig' }] }
    const made = () => token({ key: rotated.privateKey, alg: 'ES256', kid: 'second' })
    // Unknown keys cost the issuer one look in half a minute, of each worker.
    await eventually('the new key is known', async () => (await tried(await made())) === '200 OK', 80_000)
    const all = published
    published = null
    expect(await tried(await token())).toBe('200 OK')
    published = all
  })

  it('dies with the account: one of before does not count when it is enabled again', async () => {
    const [before, sip] = [await token({ claims: { sip: 'dave@example.test' } }), 'dave@example.test']
    const [dave, attempts] = [await connect('dave', null), [] as string[]]
    expect(said(await register(dave, before))).toBe('200 OK')
    expect((await admin.setDisabled('dave', true)).ok).toBe(true)
    expect(await dave.closed).toMatch(/closed|reset/)
    for (const [isDisabled, made] of [
      [true, before],
      [false, before],
    ] as const) {
      if (!isDisabled) expect((await admin.setDisabled('dave', false)).ok).toBe(true)
      const again = await connect('dave', null)
      attempts.push(said(await register(again, made)))
      again.end()
    }
    expect(attempts).toEqual(['403 Forbidden', '401 Unauthorized'])
    const later = await connect('dave', null)
    const iat = Math.floor(Date.now() / 1000) + 2
    expect(said(await register(later, await token({ claims: { sip, iat } })))).toBe('200 OK')
    later.end()
  })
})
