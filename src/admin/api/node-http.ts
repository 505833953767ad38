/**
 * Requests and answers of the admin API on Node's own HTTP server.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ApiAnswer, ApiRequest } from './answer.ts'

/** What a thousand rows of an import need, with room; more than the web listener takes. */
export const bodyBytesMax = 4 * 1024 * 1024

/** An answer of the API, or a page or picture of the console. */
export interface NodeAnswer extends Pick<ApiAnswer, 'status' | 'headers'> {
  readonly body: string | Uint8Array
}

export function apiRequest(
  { method = '', headers }: IncomingMessage,
  given: Pick<ApiRequest, 'path' | 'query' | 'body'>,
): ApiRequest {
  return {
    ...given,
    method,
    contentType: headers['content-type'] ?? null,
    ifMatch: headers['if-match'] ?? null,
    ifNoneMatch: headers['if-none-match'] ?? null,
  }
}

/** Null: it has more than `bodyBytesMax`. */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function write(response: ServerResponse, { status, headers, body }: NodeAnswer): void {
  if (response.headersSent) return
  response.writeHead(status, headers.flat())
  response.end(body)
}

/** Ends open requests too. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
