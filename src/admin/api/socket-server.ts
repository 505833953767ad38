/**
 * The admin API of a running server: HTTP with JSON on a unix socket in the data folder. Who may open the socket (mode
 * 0600) is the administrator; there is no other authentication. Over the network the same table is `network-front.ts`.
 */
import { chmodSync, rmSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AdminBackend } from '../backend.ts'
import { type ApiAnswer, answerRoute, ourFault, problem, routeOf } from './answer.ts'
import { socketCaller } from './caller.ts'
import { apiRequest, bodyBytesMax, closeServer, readBody, write } from './node-http.ts'

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
  return { ok: true, server: { socketPath, close: () => closeServer(server) } }
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

async function serve(options: AdminServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    write(response, await answerOn(options, request))
  } catch (error) {
    options.onFault?.(error)
    write(response, ourFault)
  }
}

async function answerOn({ handlers }: AdminServerOptions, request: IncomingMessage): Promise<ApiAnswer> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://admin')
  const found = routeOf({ method: request.method ?? '', path: pathname })
  if (!('route' in found)) return found
  const body = await readBody(request)
  if (body === null) return problem('too-large', `the body has more than ${bodyBytesMax} bytes`)
  const asked = apiRequest(request, { path: pathname, query: search.slice(1), body })
  return answerRoute(found, handlers, asked, { caller: socketCaller, wantsIfMatch: false })
}
