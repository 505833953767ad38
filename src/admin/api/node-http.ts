/**
 * Requests and answers of the admin API on Node's own HTTP server.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApiAnswer, ApiRequest } from './answer.ts'

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

/** Null: it has more than so many bytes. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function write(
  response: ServerResponse,
  { status, headers, body }: Pick<ApiAnswer, 'status' | 'headers'> & { readonly body: string | Uint8Array },
): void {
  if (response.headersSent) return
  response.writeHead(status, headers.flat())
  response.end(body)
}
