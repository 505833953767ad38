/** RFC 7118 §8 (WSS) and the HTTP that shares the port, on both adapters. */
import { request as requestHttps } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { httpBodyBytesMax } from '../../../src/transport/limits.ts'
import type { WebListener } from '../../../src/transport/web/adapter.ts'
import type { HttpHandler, HttpRequest } from '../../../src/transport/web/http.ts'
import { messageWith } from '../../unit/transport/recording-sink.ts'
import { createTestAuthority } from '../../unit/transport/test-certificates.ts'
import { adapters, httpUrlOf, listen, nextFrames, openWebSocket } from './web-sockets.ts'

const authority = await createTestAuthority()
const certificate = await authority.files('web', 'web.example.test', '127.0.0.1')
const trust = { ca: authority.caPem, servername: '' }

function shownName(webSocket: WebSocket): string | undefined {
  const { _socket: socket } = webSocket as unknown as { _socket: TLSSocket }
  return socket.getPeerX509Certificate()?.subject
}

function getSecurely(web: WebListener, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = requestHttps(httpUrlOf(web, path), { ...trust, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
    request.on('error', reject).end()
  })
}

describe.each(adapters)('RFC 7118 §8 WSS on %s', (adapter) => {
  it('carries messages and HTTP over TLS on one port', async () => {
    const { web, sink } = await listen(adapter, {
      tls: { certificate },
      http: ({ isSecure, path }) => ({ status: 200, body: `${path} ${isSecure}` }),
    })
    sink.onMessage = (flow) => flow.send(Buffer.from('answer'))
    const webSocket = await openWebSocket(web, trust)
    const frames = nextFrames(webSocket, 1)
    webSocket.send(messageWith('secret'))
    expect(await frames).toEqual([{ text: 'answer', isBinary: false }])
    expect((await sink.next('opened')).flow.transport).toBe('wss')
    expect(await getSecurely(web, '/healthz')).toBe('/healthz true')
  })

  it('reloads the certificate without dropping a flow, and still closes cleanly', async () => {
    const { web, sink } = await listen(adapter, { tls: { certificate } })
    sink.onMessage = (flow) => flow.send(Buffer.from('answer'))
    const before = await openWebSocket(web, trust)
    web.reload({ certificate: await authority.files('web-renewed', 'renewed.example.test', '127.0.0.1') })
    const after = await openWebSocket(web, trust)
    expect(shownName(after)).toBe('CN=renewed.example.test')
    const frames = nextFrames(before, 1)
    before.send(messageWith('still here'))
    expect(await frames).toEqual([{ text: 'answer', isBinary: false }])
    await web.close()
    expect(sink.texts('closed')).toEqual(['transport.listener-closed', 'transport.listener-closed'])
  })

  it('keeps what it has when the new files cannot be read', async () => {
    const { web } = await listen(adapter, { tls: { certificate } })
    expect(() => web.reload({ certificate: { ...certificate, keyFile: '/nowhere' } })).toThrow('/nowhere')
    expect(shownName(await openWebSocket(web, trust))).toBe('CN=web.example.test')
  })

  it('shows the certificate of the domain that was asked for', async () => {
    const domains = new Map([['other.test', await authority.files('web-other', 'other.test')]])
    const { web, sink } = await listen(adapter, { tls: { certificate, domains } })
    const other = await openWebSocket(web, { ...trust, ...{ servername: 'other.test' } })
    expect(shownName(other)).toBe('CN=other.test')
    expect((await sink.next('opened')).flow.transport).toBe('wss')
    expect(shownName(await openWebSocket(web, trust))).toBe('CN=web.example.test')
  })
})

describe.each(adapters)('HTTP on the web listener with %s', (adapter) => {
  it('hands a request on whole, and the response back', async () => {
    const requests: HttpRequest[] = []
    const http: HttpHandler = async (request) => {
      requests.push(request)
      return { status: 201, headers: [['X-Answer', 'yes']], body: Buffer.from('made') }
    }
    const { web, sink } = await listen(adapter, { http })
    const options = { method: 'PUT', body: 'content', headers: { 'X-Question': 'may I' } }
    const response = await fetch(httpUrlOf(web, '/a/b?c=d&e'), options)
    expect([response.status, response.headers.get('x-answer'), await response.text()]).toEqual([201, 'yes', 'made'])
    expect(requests).toMatchObject([{ method: 'PUT', path: '/a/b', query: 'c=d&e', remoteAddress: '127.0.0.1' }])
    expect(requests[0]).toMatchObject({ isSecure: false, body: Buffer.from('content') })
    expect(requests[0]?.headers.get('x-question')).toBe('may I')
    expect(sink.events).toEqual([])
  })

  it('answers HEAD with the length and no body', async () => {
    const { web } = await listen(adapter, { http: () => ({ status: 200, body: 'twelve bytes' }) })
    const response = await fetch(httpUrlOf(web), { method: 'HEAD' })
    expect([response.headers.get('content-length'), await response.text()]).toEqual(['12', ''])
  })

  it('answers 404 where nobody handles requests', async () => {
    const { web } = await listen(adapter)
    expect((await fetch(httpUrlOf(web))).status).toBe(404)
  })

  it('answers 500 for a handler that throws, and goes on', async () => {
    const { web, log } = await listen(adapter, {
      http: ({ path }) => {
        if (path === '/bad') throw new Error('broken')
        return { status: 200 }
      },
    })
    const logged = log.next('error', 'transport.http-handler-failed')
    expect((await fetch(httpUrlOf(web, '/bad'))).status).toBe(500)
    expect(await logged).toMatchObject({ path: '/bad', error: 'Error: broken' })
    expect((await fetch(httpUrlOf(web, '/good'))).status).toBe(200)
  })

  it('answers 413 for a body that is too long', async () => {
    const { web } = await listen(adapter, { http: () => ({ status: 200 }) })
    const response = await fetch(httpUrlOf(web), { method: 'POST', body: Buffer.alloc(httpBodyBytesMax + 1) })
    expect(response.status).toBe(413)
  })
})
