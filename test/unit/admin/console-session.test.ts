/**
 * Sessions of the console: a token is shown once, the cookie is nobody else's, and no page of another site can use it.
 */
import { describe, expect, it } from 'vitest'
import { AdminFrontWorld, bodyOf } from '../../support/admin-front-world.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()
const host = 'im.example.test:5443'
const origin = `https://${host}`

async function signedIn(role: 'reader' | 'administrator' = 'administrator') {
  const world = new AdminFrontWorld(newFolder())
  const token = world.token(role)
  const answer = await world.ask('POST', '/console/session', { host, origin, json: { token } })
  const setCookie = answer.headers['set-cookie'] ?? ''
  const cookie = setCookie.split(';')[0]!
  const page = { host, cookie, origin, consoleHeader: '1' }
  return { ...world, world, token, answer, setCookie, cookie, page }
}

describe('a session', () => {
  it('has a cookie that scripts do not see, that goes nowhere else, and is not the token', async () => {
    const { setCookie, token, answer } = await signedIn()
    expect(answer.status).toBe(200)
    expect(setCookie).toMatch(/^__Host-meridian-console=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age/)
    expect(setCookie + answer.body).not.toContain(token.split('_')[2])
  })

  it('does what its token may', async () => {
    const { world, page } = await signedIn('reader')
    expect(bodyOf(await world.ask('GET', '/v1/session', page)).value).toMatchObject({ role: 'reader' })
    expect((await world.ask('POST', '/v1/users', { ...page, json: {} })).status).toBe(403)
  })

  it('ends with its token, with signing out, after half an hour of silence, and after twelve hours', async () => {
    const revoked = await signedIn()
    revoked.world.tokens.revoke(revoked.token.split('_')[1]!)
    expect((await revoked.world.ask('GET', '/v1/session', revoked.page)).status).toBe(401)

    const left = await signedIn()
    const goodbye = await left.world.ask('DELETE', '/console/session', left.page)
    expect([goodbye.status, goodbye.headers['set-cookie']]).toEqual([204, expect.stringContaining('Max-Age=0')])
    expect((await left.world.ask('GET', '/v1/session', left.page)).status).toBe(401)

    const { world, page } = await signedIn()
    for (let hours = 0; hours < 12; hours += 0.25) {
      expect((await world.ask('GET', '/v1/session', page)).status).toBe(200)
      world.clock.nowMs += 900_000
      world.clock.monotonicMs += 900_000
    }
    expect((await world.ask('GET', '/v1/session', page)).status).toBe(401)

    const silent = await signedIn()
    silent.world.clock.nowMs += 1_800_000
    expect((await silent.world.ask('GET', '/v1/session', silent.page)).status).toBe(401)
  })

  it('is not begun with a wrong token, and not guessed at for ever', async () => {
    const { ask } = new AdminFrontWorld(newFolder())
    const statuses = []
    for (let times = 0; times < 25; times++) {
      statuses.push((await ask('POST', '/console/session', { host, origin, json: { token: `mrd_${times}` } })).status)
    }
    expect(statuses).toEqual([...Array(20).fill(401), ...Array(5).fill(429)])
    expect((await ask('POST', '/console/session', { host, origin, json: { token: 7 } })).status).toBe(400)
    expect((await ask('GET', '/console/session', { host, origin })).status).toBe(405)
  })
})

describe('a page of another site', () => {
  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['the same host on another port', { origin: 'https://im.example.test' }],
    ['the same host in the clear', { origin: `http://${host}` }],
    ['an origin that nobody may know', { origin: 'null' }],
    ['no header of ours, as a form has none', { consoleHeader: null }],
  ])('cannot use the cookie: %s', async (_what, wrong) => {
    const { world, page } = await signedIn()
    const post = { json: { name: 'eve', password: 'long enough' } }
    expect((await world.ask('POST', '/v1/users', { ...page, ...post, ...wrong })).status).toBe(403)
    expect(world.audited).toEqual([])
    expect((await world.ask('POST', '/v1/users', { ...page, ...post })).status).toBe(200)
  })

  it('cannot sign anybody in or out', async () => {
    const { world, token, page } = await signedIn()
    for (const wrong of [{ origin: 'https://evil.example' }, { origin: null }]) {
      expect((await world.ask('POST', '/console/session', { host, json: { token }, ...wrong })).status).toBe(403)
      expect((await world.ask('DELETE', '/console/session', { ...page, ...wrong })).status).toBe(403)
    }
    expect((await world.ask('GET', '/v1/session', page)).status).toBe(200)
  })

  it('may, where the configuration names it: a proxy has another name', async () => {
    const { world, page } = await signedIn()
    world.settings.allowedOrigins = ['https://proxy.example.test']
    const proxied = { ...page, origin: 'https://proxy.example.test' }
    expect((await world.ask('GET', '/v1/session', proxied)).status).toBe(200)
  })
})
