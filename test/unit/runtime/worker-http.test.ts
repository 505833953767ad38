/**
 * Whom a worker lets through to the admin API and the console: HTTPS alone, from where the configuration says, and so
 * many at once.
 */
import { describe, expect, it } from 'vitest'
import type { HttpAskOfMain } from '../../../src/runtime/index.ts'
import { WorkerHttp } from '../../../src/runtime/worker-http.ts'
import type { HttpRequest } from '../../../src/transport/index.ts'

function worker(admin: 'off' | 'loopback' | 'everyone') {
  const asked: HttpAskOfMain[] = []
  const xcap = { isXcap: () => false, ask: () => {} }
  const web = { engine: 'auto', allowedOrigins: [], metrics: 'off', admin } as const
  const http = new WorkerHttp(xcap, web, (message) => {
    if (message.kind === 'http-ask') asked.push(message.request)
  })
  const ask = (path: string, more: Partial<HttpRequest> = {}) => {
    const given = { method: 'GET', path, query: '', headers: new Map(), body: Buffer.alloc(0), isSecure: true }
    return http.onRequest({ ...given, remoteAddress: '127.0.0.1', ...more })
  }
  return { http, asked, ask }
}

describe.each(['/v1/users', '/console', '/console/session', '/console/x/page.css'])('%s', (path) => {
  it('is there for whom the configuration lets in, over HTTPS', () => {
    const away = { remoteAddress: '192.0.2.7' }
    expect(worker('off').ask(path)).toMatchObject({ status: 404 })
    expect(worker('loopback').ask(path, away)).toMatchObject({ status: 403 })
    expect(worker('everyone').ask(path, { isSecure: false })).toMatchObject({ status: 403 })
    expect(worker('loopback').ask(path, { remoteAddress: '::1' })).toBeInstanceOf(Promise)
    expect(worker('everyone').ask(path, away)).toBeInstanceOf(Promise)
  })
})

it('main is told what the API wants to know, and of pages nothing', () => {
  const { ask, asked } = worker('everyone')
  const headers = new Map([
    ['authorization', 'Bearer x'],
    ['if-match', '"a"'],
    ['x-forwarded-for', '127.0.0.1'],
  ])
  ask('/v1/users', { headers, query: 'limit=1', remoteAddress: '192.0.2.7' })
  ask('/console', { headers })
  expect(asked[0]!.api).toMatchObject({ authorization: 'Bearer x', ifMatch: '"a"' })
  expect(asked[0]!.remoteAddress).toBe('192.0.2.7')
  expect(asked[1]!.api).toBeNull()
  expect(JSON.stringify(asked)).not.toContain('forwarded')
})

it('so many may wait for main, and then others are told to come back', () => {
  const { ask, asked } = worker('everyone')
  for (let count = 0; count < 300; count++) ask('/v1/users')
  expect(asked).toHaveLength(256)
  expect(ask('/v1/users')).toMatchObject({ status: 503, headers: [['retry-after', '2']] })
})

it('a worker that drains takes no more acts', () => {
  const { http, ask } = worker('everyone')
  http.drain()
  expect(ask('/v1/users')).toMatchObject({ status: 503 })
})
