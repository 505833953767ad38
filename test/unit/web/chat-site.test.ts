/**
 * What is served below /chat, over both web listeners: whole, compressed, unchanged, with a strict policy, and nothing
 * else of this machine.
 */
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWebListener } from '../../../src/transport/index.ts'
import { ChatSite, ConsoleSite, isChatPath, isConsolePath, type PageAnswer } from '../../../src/web/index.ts'

const site = new ChatSite({ domain: 'exa"mple.test', xcapRoot: '/xcap-root', version: '1.2.3' })

function ask(
  path: string,
  more: { method?: string; ifNoneMatch?: string; acceptsGzip?: boolean } = {},
): Promise<PageAnswer> {
  return site.answer({ method: 'GET', path, ifNoneMatch: null, acceptsGzip: false, ...more })
}

const header = (answer: PageAnswer, name: string) => answer.headers.find(([each]) => each === name)?.[1]

it('the console is whole too, and its session is not a page', async () => {
  const console = new ConsoleSite({ domain: 'example.test', version: '1.2.3' })
  const get = (path: string) => console.answer({ method: 'GET', path, ifNoneMatch: null, acceptsGzip: false })
  const page = await get('/console')
  expect([page.status, header(page, 'Content-Security-Policy')]).toEqual([
    200,
    expect.stringContaining("default-src 'none'"),
  ])
  const paths = [...String(page.body).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path!)
  for (const path of new Set(paths)) expect([path, (await get(path)).status]).toEqual([path, 200])
  expect(String(page.body)).not.toMatch(/<script(?![^>]*src=)[^>]*>|<style|\son\w+=|https?:/)
  expect([isConsolePath('/console/x'), isConsolePath('/console/session'), isConsolePath('/consoles')]).toEqual([
    true,
    false,
    false,
  ])
})

describe('the site', () => {
  it('names modules, style and icon, all there; nothing is inline, nothing from elsewhere', async () => {
    const page = await ask('/chat')
    const html = String(page.body)
    expect(page.status).toBe(200)
    const paths = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path]) => path!)
    expect(paths.length).toBeGreaterThan(30)
    for (const path of new Set(paths)) expect([path, (await ask(path)).status]).toEqual([path, 200])
    expect(html).not.toMatch(/<script(?![^>]*src=)[^>]*>|<style|\son\w+=|https?:/)
    expect(html).toContain('content="exa&quot;mple.test"')
  })

  it('has modules that import only what it has, without types', async () => {
    const html = String((await ask('/chat')).body)
    const entry = /<script type="module" src="([^"]+)"/.exec(html)![1]!
    const text = String((await ask(entry)).body)
    for (const [, name] of text.matchAll(/from '([^']+)'/g)) {
      const path = new URL(name!, `https://host${entry}`).pathname
      expect([path, (await ask(path)).status]).toEqual([path, 200])
    }
    expect(text).not.toMatch(/\bimport type\b|: string\b/)
  })

  it('says that nothing has changed, compresses, and keeps what never changes', async () => {
    const page = await ask('/chat')
    const tag = header(page, 'ETag')!
    expect((await ask('/chat', { ifNoneMatch: tag })).status).toBe(304)
    expect((await ask('/chat', { ifNoneMatch: '"other"' })).status).toBe(200)
    expect(header(page, 'Cache-Control')).toBe('no-cache')
    const style = /href="([^"]+\.css)"/.exec(String(page.body))![1]!
    const zipped = await ask(style, { acceptsGzip: true })
    expect(header(zipped, 'Content-Encoding')).toBe('gzip')
    expect(gunzipSync(zipped.body as Uint8Array)).toEqual((await ask(style)).body)
    expect(header(zipped, 'Cache-Control')).toContain('immutable')
  })

  it('is protected by its headers, refusals too', async () => {
    for (const answer of [await ask('/chat'), await ask('/chat/none'), await ask('/chat', { method: 'POST' })]) {
      const policy = header(answer, 'Content-Security-Policy')!
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(header(answer, 'X-Content-Type-Options')).toBe('nosniff')
      expect(header(answer, 'Referrer-Policy')).toBe('no-referrer')
    }
  })

  it.each([
    ['/chat/../package.json', 404],
    ['/chat/%2e%2e/package.json', 404],
    ['/chat/x/own/../../../package.json', 404],
    ['/chat/assets/chat.css', 404],
    ['/chat/', 308],
  ])('%s is %i', async (path, status) => expect((await ask(path)).status).toBe(status))

  it('takes GET and HEAD alone', async () => {
    const answer = await ask('/chat', { method: 'PUT' })
    expect([answer.status, header(answer, 'Allow')]).toEqual([405, 'GET, HEAD'])
  })
})

describe.each(['uws', 'ws'] as const)('over %s', (adapter) => {
  const nobody = { onFlowOpened() {}, onFlowMessage() {}, onFlowFault() {}, onFlowClosed() {} }
  let listener: Awaited<ReturnType<typeof openWebListener>>
  let origin: string

  beforeAll(async () => {
    const http = ({
      method,
      path,
      headers,
    }: {
      method: string
      path: string
      headers: ReadonlyMap<string, string>
    }) => {
      if (!isChatPath(path)) return { status: 404, body: 'Not Found\n' }
      return site.answer({ method, path, ifNoneMatch: headers.get('if-none-match') ?? null, acceptsGzip: true })
    }
    listener = await openWebListener({ host: '127.0.0.1', port: 0, adapter, http }, nobody)
    origin = `http://127.0.0.1:${listener.port}`
  })
  afterAll(() => listener.close())

  it('GET, HEAD and what has not changed', async () => {
    const page = await fetch(`${origin}/chat`)
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await page.text()).toContain('<div id="app">')
    const head = await fetch(`${origin}/chat`, { method: 'HEAD' })
    expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([200, '', page.headers.get('etag')])
    const again = await fetch(`${origin}/chat`, { headers: { 'If-None-Match': page.headers.get('etag')! } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    expect((await fetch(`${origin}/chat/none`)).status).toBe(404)
  })
})
