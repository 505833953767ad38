/**
 * Plain HTTP as the web listener hands it on, the same from both adapters. Routes, authorisation and pages belong to
 * who gives the handler (`src/admin/`).
 */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string
  /** Without the query, not decoded. */
  readonly path: string
  /** Behind the question mark, not decoded; empty if there is none. */
  readonly query: string
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly remoteAddress: string
  readonly isSecure: boolean
  readonly body: Buffer
}

export interface HttpResponse {
  readonly status: number
  /** Name and value; a name may come more than once. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string | Uint8Array
}

export type HttpHandler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>

/** These say by themselves that there is no body (RFC 9110 §8.6). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304
}

export const notFound: HttpResponse = { status: 404, body: 'Not Found\n' }
export const bodyTooLong: HttpResponse = { status: 413, body: 'Content Too Large\n' }
export const badLength: HttpResponse = { status: 400, body: 'Bad Content-Length\n' }
/** Its body did not come in time. */
export const bodyTooLate: HttpResponse = { status: 408, body: 'Request Timeout\n' }
const handlerFailed: HttpResponse = { status: 500, body: 'Internal Server Error\n' }

/** Answers, whatever the handler does; a handler that throws costs one request. */
export async function answerHttp(
  handler: HttpHandler | undefined,
  request: HttpRequest,
  onFailure: (error: unknown) => void,
): Promise<HttpResponse> {
  if (!handler) return notFound
  try {
    return await handler(request)
  } catch (error) {
    onFailure(error)
    return handlerFailed
  }
}
