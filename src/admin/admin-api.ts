/**
 * The admin API of a running server: HTTP with JSON on a unix socket in the data folder. Who may open the socket (mode
 * 0600) is the administrator; there is no other authentication, and no network.
 */
import { chmodSync, rmSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AdminBackend } from './backend.ts'
import type { AdminErrorCode, AdminResult } from './result.ts'
import type { AdminCall } from './route.ts'
import type { FoundRoute } from './routes.ts'
import { findRoute } from './routes.ts'

/** What a thousand rows of an import need, with room. */
export const bodyBytesMax = 4 * 1024 * 1024

/** `sun_path` holds 108 bytes with its end; the kernel would only say EINVAL. */
export const socketPathBytesMax = 107

export interface AdminServerOptions {
  readonly socketPath: string
  readonly handlers: AdminBackend
  /** Told of what a handler threw: an error of ours, which the peer only learns as such. */
  readonly onFault?: (error: unknown) => void
}

export interface AdminServer {
  readonly socketPath: string
  /** Ends open requests and removes the socket. */
  close(): Promise<void>
}

export type AdminServerStart =
  | { readonly ok: true; readonly server: AdminServer }
  | { readonly ok: false; readonly message: string }

const statusOf: Readonly<Record<AdminErrorCode, number>> = {
  invalid: 400,
  'not-found': 404,
  exists: 409,
  unavailable: 503,
  failed: 500,
}

export async function createAdminServer(options: AdminServerOptions): Promise<AdminServerStart> {
  const { socketPath } = options
  if (Buffer.byteLength(socketPath) > socketPathBytesMax) {
    return refused(`${socketPath} is too long for a socket; set admin.socket to a shorter absolute path`)
  }
  if (await answers(socketPath)) return refused(`another server answers on ${socketPath}`)
  rmSync(socketPath, { force: true })
  const server = createServer((request, response) => void serve(options, request, response))
  const fault = await listen(server, socketPath)
  if (fault) return refused(`cannot listen on ${socketPath}: ${fault}`)
  return { ok: true, server: { socketPath, close: () => close(server) } }
}

function refused(message: string): AdminServerStart {
  return { ok: false, message }
}

/** A socket file that a killed server left behind answers nobody and may be replaced. */
export function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socketPath)
    probe.once('connect', () => resolve(true))
    probe.once('error', () => resolve(false))
    probe.once('connect', () => probe.destroy())
  })
}

function listen(server: Server, socketPath: string): Promise<string | null> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    // The mask holds until the socket exists, so that there is no moment at which others may connect.
    const mask = process.umask(0o177)
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600)
      resolve(null)
    })
    process.umask(mask)
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function serve(options: AdminServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = new URL(request.url ?? '/', 'http://admin')
    const found = findRoute(request.method ?? '', url.pathname)
    if (!('route' in found)) answerUnknown(response, found)
    else await serveRoute(options, found, url.searchParams, { request, response })
  } catch (error) {
    options.onFault?.(error)
    answer(response, 500, { error: 'failed', message: 'the server could not do this; its log says why' })
  }
}

async function serveRoute(
  options: AdminServerOptions,
  { route, params }: FoundRoute,
  query: URLSearchParams,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const body = await readBody(request)
  if (!body.ok) {
    answer(response, body.status, { error: 'invalid', message: body.message })
    return
  }
  const call: AdminCall = { params, query, body: body.value }
  answerResult(response, await route.handle(options.handlers, call), route.textType)
}

function answerUnknown(response: ServerResponse, methods: readonly string[]): void {
  if (methods.length > 0) response.setHeader('allow', methods.join(', '))
  if (methods.length === 0) answer(response, 404, { error: 'invalid', message: 'no such path' })
  else answer(response, 405, { error: 'invalid', message: `this path has ${methods.join(', ')}` })
}

function answerResult(response: ServerResponse, result: AdminResult<unknown>, textType: string | undefined): void {
  if (!result.ok) {
    answer(response, statusOf[result.error], { error: result.error, message: result.message })
  } else if (textType === undefined) {
    answer(response, 200, { value: result.value, warnings: result.warnings })
  } else {
    response.writeHead(200, { 'content-type': textType })
    response.end(String(result.value))
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

type Body =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: number; readonly message: string }

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return { ok: false, status: 413, message: `the body has more than ${bodyBytesMax} bytes` }
    chunks.push(chunk)
  }
  if (bytes === 0) return { ok: true, value: undefined }
  try {
    return { ok: true, value: JSON.parse(Buffer.concat(chunks).toString('utf8')) }
  } catch {
    return { ok: false, status: 400, message: 'the body is no JSON' }
  }
}
