/**
 * Enrolment over HTTP as main answers it: the page's policy, what other sites may not send, JSON for programs, and that
 * nothing of what was typed becomes markup.
 */
import { expect, test } from 'vitest'
import type { Enrolment, EnrolmentAsker } from '../../../src/directory/index.ts'
import type { HttpAskOfMain } from '../../../src/runtime/index.ts'
import { EnrolmentSite } from '../../../src/server/enrolment-site.ts'

const form = 'application/x-www-form-urlencoded'
const ask: HttpAskOfMain = {
  method: 'POST',
  path: '/enroll',
  ifNoneMatch: null,
  acceptsGzip: false,
  api: null,
  remoteAddress: '192.0.2.1',
  accept: 'text/html',
  contentType: form,
  host: 'im.example.test:443',
  origin: 'https://im.example.test:443',
  fetchSite: 'same-origin',
  body: 'name=alice&password=pw&device=laptop',
}

function site() {
  const asked: [EnrolmentAsker, string][] = []
  const pauses: number[] = []
  const pass = { aor: 'sip:alice@example.test', pass: 'p"a', devices: [] }
  const act = async (asker: EnrolmentAsker, device = '') => {
    asked.push([asker, device])
    if ('password' in asker && asker.password === 'wrong') return { ok: false, status: 403, message: 'no <b>' }
    return { ok: true, value: { ...pass, device, userName: 'alice+laptop', secret: 's3cret' } }
  }
  const enrolment = { enrol: act, list: act, revoke: act } as unknown as Enrolment
  const pause = async (ms: number) => void pauses.push(ms)
  return { site: new EnrolmentSite(enrolment, pause), asked, pauses }
}

test('a form is read, the answer shows the secret once, and nobody keeps it', async () => {
  const { site: served, asked } = site()
  const { status, headers, body } = await served.answer(ask)
  expect([status, asked]).toEqual([201, [[{ name: 'alice', password: 'pw', source: '192.0.2.1' }, 'laptop']]])
  expect(body).toContain('s3cret')
  expect(body).toContain('value="p&quot;a"')
  const sent = Object.fromEntries(headers)
  expect(sent['Cache-Control']).toBe('no-store')
  const policy = /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-anc/
  expect(sent['Content-Security-Policy']).toMatch(policy)
  expect(sent['Set-Cookie']).toBeUndefined()
})

test('what another site makes a browser send is not looked at', async () => {
  const { site: served, asked } = site()
  for (const foreign of [
    { origin: 'https://evil.example', fetchSite: null },
    { origin: 'null', fetchSite: null },
    { fetchSite: 'cross-site' },
  ]) {
    expect((await served.answer({ ...ask, ...foreign })).status).toBe(400)
  }
  expect((await served.answer({ ...ask, contentType: 'text/plain' })).status).toBe(400)
  expect(asked).toEqual([])
})

test('programs get JSON, by a pass too', async () => {
  const { site: served, asked } = site()
  const json = { ...ask, contentType: 'application/json', origin: null, fetchSite: null, accept: '*/*' }
  const enrolled = await served.answer({ ...json, body: '{"name":"alice","password":"pw","device":"x"}' })
  expect(JSON.parse(String(enrolled.body))).toMatchObject({ userName: 'alice+laptop', secret: 's3cret' })
  await served.answer({ ...json, path: '/enroll/revoke', body: '{"pass":"p","device":"x"}' })
  expect(asked[1]).toEqual([{ pass: 'p', source: '192.0.2.1' }, 'x'])
  for (const body of ['[]', 'null', '{', '"x"']) expect((await served.answer({ ...json, body })).status).toBe(400)
})

test('a refusal takes its time, and what was typed stays text', async () => {
  const { site: served, pauses } = site()
  const typed = `name=${encodeURIComponent('"><script>alert(1)</script>')}&password=wrong&device=x`
  const { status, body } = await served.answer({ ...ask, body: typed })
  expect(status).toBe(403)
  expect(body).toContain('value="&quot;&gt;&lt;script&gt;')
  expect(body).toContain('no &lt;b&gt;')
  expect(body).not.toContain('wrong')
  expect(pauses[0]).toBeGreaterThan(900)
})

test('other paths and methods', async () => {
  const { site: served } = site()
  expect((await served.answer({ ...ask, method: 'GET' })).status).toBe(200)
  expect((await served.answer({ ...ask, method: 'GET', path: '/enroll/devices' })).status).toBe(405)
  expect((await served.answer({ ...ask, path: '/enroll/other' })).status).toBe(404)
})
