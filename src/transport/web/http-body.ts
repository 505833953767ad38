/**
 * What the head of an HTTP request says of its body, judged before anything is waited for (RFC 9112 §6.3): two lengths
 * that differ are how a request is smuggled past somebody, and one that is too long need not be sent.
 */
import { httpBodyBytesMax } from '../limits.ts'
import { badLength, bodyTooLong, type HttpResponse } from './http.ts'

/** Null: its body may come. Names in lower case; values of one name joined by commas. */
export function bodyRefusal(headers: ReadonlyMap<string, string>): HttpResponse | null {
  const length = headers.get('content-length')
  if (length === undefined) return null
  if (!/^\d{1,15}$/.test(length) || headers.has('transfer-encoding')) return badLength
  return Number(length) > httpBodyBytesMax ? bodyTooLong : null
}
