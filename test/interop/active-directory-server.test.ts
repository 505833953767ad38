/**
 * A running server whose users are those of a real domain controller: a device gets its password by one bind, signs in,
 * is cut off when its user is disabled, and whoever was removed while the server was down is missed at its start.
 */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { type DomainController, directoryYaml, startDomainController } from './support/domain-controller.ts'
import { type InteropServer, startMeridian } from './support/server.ts'

let dc: DomainController
let server: InteropServer

beforeAll(async () => {
  dc = await startDomainController()
  const groups = "groups: [ 'CN=Board,OU=People,DC=corp,DC=example' ]"
  const yaml = `domain: { name: corp.example }\n${directoryYaml(dc, 'pollSeconds: 1', groups)}`
  server = await startMeridian({ users: [], yaml })
}, 300_000)

afterAll(async () => {
  await server?.stop()
  dc?.stop()
})

interface Enrolled {
  readonly status: number
  readonly body: { readonly userName: string; readonly secret: string }
}

function enrol(name: string, password: string, device: string): Promise<Enrolled> {
  return new Promise((resolve, reject) => {
    const ca = readFileSync(server.authorityFile)
    const to = { host: server.host, port: server.port('wss'), path: '/enroll', method: 'POST', ca }
    const headers = { 'content-type': 'application/json' }
    const asked = request({ ...to, headers, checkServerIdentity: () => undefined }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
    })
    asked.on('error', reject)
    asked.end(JSON.stringify({ name, password, device }))
  })
}

/** Registers over TCP. `closed` resolves when the server ends the connection. */
async function signIn(name: string, username: string, password: string) {
  const socket = connect(server.port('tcp'), server.host)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  const ask = (cseq: number, credentials: string) => {
    const to = `<sip:${name}@corp.example>`
    const lines = [
      'REGISTER sip:corp.example SIP/2.0',
      `Via: SIP/2.0/TCP 127.0.0.1:5;branch=z9hG4bK${name}${cseq}${Date.now()}`,
      'Max-Forwards: 70',
      `From: ${to};tag=a`,
      `To: ${to}`,
      `Call-ID: ${name}-${Date.now()}`,
      `CSeq: ${cseq} REGISTER`,
      `Contact: <sip:${name}@127.0.0.1:5;transport=tcp>`,
      'Expires: 600',
      ...(credentials === '' ? [] : [`Authorization: ${credentials}`]),
      'Content-Length: 0',
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    return new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))))
  }
  const challenge = await ask(1, '')
  const challenges = [...challenge.matchAll(/^WWW-Authenticate: (.+)\r$/gim)].map(([, text]) => parseChallenge(text!)!)
  const login = { username, password, method: 'REGISTER', uri: 'sip:corp.example', body: null, nc: 1, cnonce: 'c' }
  const answer = await ask(2, answerChallenge(challenges, login)!)
  return { status: Number(answer.split(' ')[1]), socket, closed, end: () => socket.destroy() }
}

const control = (uac: number) => `replace: userAccountControl\nuserAccountControl: ${uac}\n-\n`

/** Signing in gives this in the end: what a change makes of it takes a poll. */
async function signsIn(status: number, name: string, userName: string, secret: string): Promise<void> {
  const tried = async () => {
    const client = await signIn(name, userName, secret)
    client.end()
    return client.status
  }
  await expect.poll(tried, { timeout: 30_000, interval: 500 }).toBe(status)
}

test('a device signs in by a password that one bind has given it; refusals are all alike', async () => {
  const { status, body } = await enrol('alice', 'Passw0rd!alice', 'laptop')
  expect([status, body.userName]).toEqual([201, 'alice+laptop'])
  const alice = await signIn('alice', body.userName, body.secret)
  alice.end()
  expect(alice.status).toBe(200)
  const refused = [
    await enrol('alice', 'wrong', 'x'),
    await enrol('nobody', 'wrong', 'x'),
    await enrol('erin', 'Passw0rd!erin', 'x'),
    await enrol('frank', 'Passw0rd!frank', 'x'),
    await enrol('dup', 'Passw0rd!dup1', 'x'),
    await enrol('*)(objectClass=*', 'x', 'x'),
  ]
  expect(new Set(refused.map((answer) => JSON.stringify(answer)))).toHaveLength(1)
})

test('whoever is disabled is cut off, and signs in again with the same device when the no is lifted', async () => {
  const { body } = await enrol('bob', 'Passw0rd!bob', '')
  const bob = await signIn('bob', 'bob', body.secret)
  expect(bob.status).toBe(200)
  await dc.change('bob', control(514))
  await bob.closed
  await signsIn(403, 'bob', 'bob', body.secret)
  await dc.change('bob', control(512))
  await signsIn(200, 'bob', 'bob', body.secret)
}, 90_000)

/** A subscription to somebody's presence over the flow of who has signed in; gives the state of the newest NOTIFY. */
async function watches(client: Awaited<ReturnType<typeof signIn>>, watcher: string, presentity: string) {
  let text = ''
  const states: string[] = []
  client.socket.on('data', (bytes) => {
    text += String(bytes)
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end)
      const length = Number(/^Content-Length: (\d+)/im.exec(head)?.[1] ?? 0)
      if (text.length < end + 4 + length) return
      text = text.slice(end + 4 + length)
      if (!head.startsWith('NOTIFY')) continue
      states.push(/^Subscription-State: (\w+)/im.exec(head)?.[1] ?? '')
      const kept = head.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line))
      client.socket.write(`SIP/2.0 200 OK\r\n${kept.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`)
    }
  })
  const lines = [
    `SUBSCRIBE sip:${presentity}@corp.example SIP/2.0`,
    `Via: SIP/2.0/TCP 127.0.0.1:5;branch=z9hG4bKwatch${Date.now()}`,
    'Max-Forwards: 70',
    `From: <sip:${watcher}@corp.example>;tag=w`,
    `To: <sip:${presentity}@corp.example>`,
    `Call-ID: watch-${Date.now()}`,
    'CSeq: 1 SUBSCRIBE',
    `Contact: <sip:${watcher}@127.0.0.1:5;transport=tcp>`,
    'Event: presence',
    'Expires: 600',
    'Content-Length: 0',
  ]
  client.socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return () => states.at(-1) ?? 'none'
}

test('who comes into a group through another group is no longer seen by whom a rule forbids it', async () => {
  const at = (name: string) => `CN=${name},OU=People,DC=corp,DC=example`
  const group = (name: string, members: string) => `dn: ${at(name)}\nchangetype: add\nobjectClass: group\n${members}\n`
  await dc.ldif(group('Inner', ''))
  await dc.ldif(group('Board', `member: ${at('Inner')}`))
  await server.command('policy', 'rule', 'add', '--from', '*', '--to', 'board', '--see', 'forbid')
  const { body } = await enrol('bob', 'Passw0rd!bob', 'watching')
  await enrol('alice', 'Passw0rd!alice', 'seen')
  const bob = await signIn('bob', body.userName, body.secret)
  const state = await watches(bob, 'bob', 'alice')
  await expect.poll(state, { timeout: 30_000, interval: 200 }).toBe('active')
  await dc.ldif(`dn: ${at('Inner')}\nchangetype: modify\nadd: member\nmember: ${at('alice')}\n-\n`)
  await expect.poll(state, { timeout: 30_000, interval: 200 }).toBe('terminated')
  await expect
    .poll(() => server.command('user', 'show', 'alice'), { timeout: 30_000, interval: 500 })
    .toContain('board')
  await dc.ldif(`dn: ${at('Inner')}\nchangetype: modify\ndelete: member\nmember: ${at('alice')}\n-\n`)
  await expect
    .poll(() => server.command('user', 'show', 'alice'), { timeout: 30_000, interval: 500 })
    .not.toContain('board')
  bob.end()
}, 120_000)

test('a removal and a no while the server was down are found at its start', async () => {
  const bob = (await enrol('bob', 'Passw0rd!bob', 'b')).body
  const alice = (await enrol('alice', 'Passw0rd!alice', 'a')).body
  await server.restart(async () => {
    await dc.change('bob', control(514))
    await dc.remove('alice')
  })
  await signsIn(403, 'bob', bob.userName, bob.secret)
  await signsIn(403, 'alice', alice.userName, alice.secret)
}, 120_000)
