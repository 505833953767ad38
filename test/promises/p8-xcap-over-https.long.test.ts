/**
 * P8 for contact lists: a running server, with either web engine, keeps them for clients that speak XCAP over HTTPS and
 * for administrators on the command line, and both see the same list. The documented curl lines work.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { computeHa1, computeResponse } from '../../src/sip/digest/compute.ts'
import { freeEndpoints, type ServerProcess, serverFolder } from '../support/server-process.ts'
import { friends, types } from '../support/xcap-documents.ts'

const testMs = 120_000
const curl = ['/usr/bin/curl', '/usr/local/bin/curl'].find((path) => existsSync(path))

interface Answer {
  readonly status: number
  readonly body: string
  readonly etag: string | undefined
  readonly challenge: string | undefined
}

/** An HTTP client as simple as can be: one connection a request, digest where it is asked for. */
class HttpsClient {
  readonly #server: ServerProcess
  readonly #name: string
  readonly #password: string

  constructor(server: ServerProcess, name: string) {
    this.#server = server
    this.#name = name
    this.#password = server.passwordOf(name)
  }

  async ask(method: string, path: string, body = '', headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const first = await this.#exchange(method, path, body, headers)
    if (first.status !== 401) return first
    const credentials = this.#credentials(method, path, first.challenge!)
    return this.#exchange(method, path, body, { ...headers, Authorization: credentials })
  }

  #credentials(method: string, uri: string, challenge: string): string {
    const { realm, nonce } = parseChallenge(challenge)!
    const ha1 = computeHa1('SHA-256', this.#name, realm, this.#password)
    const parts = {
      algorithm: 'SHA-256',
      ha1,
      method,
      uri,
      nonce,
      nc: 1,
      cnonce: 'c',
      qop: 'auth',
      body: null,
    } as const
    return (
      `Digest username="${this.#name}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=SHA-256, ` +
      `qop=auth, nc=00000001, cnonce="c", response="${computeResponse(parts)}"`
    )
  }

  #exchange(method: string, path: string, body: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const { ports, authority: ca } = this.#server
    const options = { host: '127.0.0.1', port: ports.get('web'), ca, agent: false, method, path, headers }
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const { etag } = response.headers
          // Of several headers Node joins the values; the first challenge is the strongest.
          const challenge = response.rawHeaders[response.rawHeaders.indexOf('WWW-Authenticate') + 1]
          resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString('utf8'), etag, challenge })
        })
      })
      asked.on('error', reject).end(body)
    })
  }
}

const document = '/xcap-root/resource-lists/users/sip:alice@example.test/index'

describe.each(['uwebsockets', 'node'])('XCAP on %s', (engine) => {
  const { folder, start, serve, cli } = serverFolder()
  let server: ServerProcess
  let alice: HttpsClient

  beforeAll(async () => {
    server = await serve(['serve'], freeEndpoints, { MERIDIAN__WEB__ENGINE: engine })
    alice = new HttpsClient(server, 'alice')
  }, testMs)

  it('P8: a client keeps its document, conditions and errors included', { timeout: testMs }, async () => {
    const type = { 'Content-Type': types.lists }
    expect((await alice.ask('GET', document)).status).toBe(404)
    const made = await alice.ask('PUT', document, friends, type)
    expect([made.status, made.etag]).toEqual([201, expect.stringMatching(/^"\w{16}"$/)])
    // Several connections, so several workers.
    for (let count = 0; count < 6; count++) expect((await alice.ask('GET', document)).body).toBe(friends)
    const known = await alice.ask('GET', document, '', { 'If-None-Match': made.etag! })
    expect([known.status, known.body, known.etag]).toEqual([304, '', made.etag])
    expect((await alice.ask('PUT', document, friends, { ...type, 'If-None-Match': '*' })).status).toBe(412)
    const broken = await alice.ask('PUT', document, '<a>', type)
    expect([broken.status, broken.body]).toEqual([409, expect.stringContaining('<not-well-formed')])
    expect((await alice.ask('PUT', document, friends)).status).toBe(415)
    expect((await alice.ask('POST', document)).status).toBe(405)
    expect((await alice.ask('GET', document.replace('alice', 'bob'))).status).toBe(403)
    expect((await alice.ask('GET', `${document}/../../x`)).status).toBe(400)
    // The URI stands in the credentials again, so the head has more than 12 KB.
    const long = `${document}/~~/resource-lists/list%5B@name=%22${'x'.repeat(6_000)}%22%5D`
    expect((await alice.ask('GET', long)).status).toBe(404)
    expect((await alice.ask('PUT', document, 'x'.repeat(2_000_000), type).catch(() => ({ status: 413 }))).status).toBe(
      413,
    )
    expect((await alice.ask('GET', document)).body).toBe(friends)
  })

  it('P8: administrators and clients see one list', { timeout: testMs }, async () => {
    await cli('contacts', 'add', 'alice', 'dave', '--display-name', 'Dave', '--group', 'work', '--flag', 'favourite')
    const entry = `${document}/~~/resource-lists/list%5B@name=%22work%22%5D/entry/@uri`
    expect((await alice.ask('GET', entry)).body).toBe('sip:dave@example.test')
    await alice.ask('DELETE', `${document}/~~/resource-lists/list%5B1%5D/entry%5B@uri=%22sip:bob@example.test%22%5D`)
    const listed = JSON.parse(await cli('contacts', 'list', 'alice', '--json')) as { result: { contacts: object[] } }
    expect(listed.result.contacts).toEqual([
      { uri: 'sip:carol@example.test', displayName: '', groups: ['friends'], flags: [] },
      { uri: 'sip:dave@example.test', displayName: 'Dave', groups: ['work'], flags: ['favourite'] },
    ])
    const file = join(folder, 'contacts.csv')
    writeFileSync(file, 'contact,displayName,groups\r\nerin,"Erin, the boss",work;Chess\r\ncarol,,Chess\r\n')
    await cli('contacts', 'import', 'alice', file)
    expect(await cli('contacts', 'export', 'alice')).toContain('sip:erin@example.test,"Erin, the boss",work; Chess,')
    await cli('contacts', 'remove', 'alice', 'carol', '--group', 'Chess')
    expect(await cli('contacts', 'list', 'alice')).toMatch(/^sip:carol@example.test +friends$/m)
    const again = start(['contacts', 'remove', 'alice', 'nobody'])
    expect(await again.exitCode()).toBe(1)
    expect(again.said).toContain('sip:nobody@example.test is no contact')
  })

  it.skipIf(!curl)('P8: the curl lines of docs/xcap.md work', { timeout: testMs }, async () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/xcap.md'), 'utf8')
    const script = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, lines]) => lines).join('\n')
    expect(script).toContain('curl')
    const env = {
      PATH: process.env.PATH,
      XCAP: `https://127.0.0.1:${server.ports.get('web')}/xcap-root`,
      CA: join(folder, 'data/certificates/authority.crt'),
      PASSWORD: server.passwordOf('alice'),
    }
    const ran = await new Promise<string>((resolve, reject) => {
      execFile('/bin/sh', ['-e', '-c', script], { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`))
        else resolve(stdout)
      })
    })
    expect(ran).toContain('<entry uri="sip:bob@example.test">')
    expect(ran).toContain('<auid>resource-lists</auid>')
  })
})
