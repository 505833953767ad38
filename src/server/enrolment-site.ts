/**
 * Enrolment over HTTPS (`/enroll`): a page that needs neither scripts nor cookies, and the same as JSON for programs. A
 * refusal takes a second, whatever its reason, so that time tells nobody which names exist.
 */
import { setTimeout } from 'node:timers/promises'
import { type AdminErrorCode, type AdminResult, denied, granted, type NewDevice } from '../admin/index.ts'
import type { Enrolment, EnrolmentAsker, EnrolmentPass, EnrolmentRefusal } from '../directory/index.ts'
import type { HttpAnswerOfMain, HttpAskOfMain } from '../runtime/index.ts'
import { type EnrolmentView, enrolmentHeaders, enrolmentPage } from '../web/index.ts'

export function isEnrolmentPath(path: string): boolean {
  return path === '/enroll' || path.startsWith('/enroll/')
}

const refusalMs = 1_000

const adminErrors: Readonly<Record<EnrolmentRefusal['status'], AdminErrorCode>> = {
  400: 'invalid',
  403: 'not-found',
  404: 'not-found',
  421: 'invalid',
  429: 'unavailable',
  503: 'unavailable',
}

type Fields = ReadonlyMap<string, string>
type Answered = EnrolmentPass & { readonly userName?: string; readonly secret?: string; readonly device?: string }

export class EnrolmentSite {
  readonly #enrolment: Enrolment
  readonly #pause: (ms: number) => Promise<unknown>

  constructor(enrolment: Enrolment, pause: (ms: number) => Promise<unknown> = setTimeout) {
    this.#enrolment = enrolment
    this.#pause = pause
  }

  /** From the admin socket: no page, and the words of the refusal. */
  async enrol(user: string, password: string, device: string): Promise<AdminResult<NewDevice>> {
    const result = await this.#enrolment.enrol({ name: user, password, source: 'the admin socket' }, device)
    if (!result.ok) return denied(adminErrors[result.status], result.message)
    const { aor, userName, secret } = result.value
    return granted({ aor, device: result.value.device, userName, secret })
  }

  async answer(ask: HttpAskOfMain): Promise<HttpAnswerOfMain> {
    const { method, path } = ask
    if (path === '/enroll' && (method === 'GET' || method === 'HEAD')) return page(200, { kind: 'form' })
    if (!['/enroll', '/enroll/devices', '/enroll/revoke'].includes(path)) return page(404, { kind: 'missing' })
    if (method !== 'POST') return page(405, { kind: 'missing' }, [['Allow', path === '/enroll' ? 'GET, POST' : 'POST']])
    const wantsJson = isJson(ask.contentType) || ask.accept.includes('application/json')
    const fields = isFromElsewhere(ask) ? null : fieldsOf(ask)
    if (fields === null) return refusal(wantsJson, { status: 400, message: 'This was not sent by this page.' })
    return this.#act(path, fields, ask.remoteAddress, wantsJson)
  }

  async #act(path: string, fields: Fields, source: string, wantsJson: boolean): Promise<HttpAnswerOfMain> {
    const sinceMs = performance.now()
    const asker = askerOf(fields, source)
    const device = fields.get('device') ?? ''
    const result =
      path === '/enroll'
        ? await this.#enrolment.enrol(asker, device)
        : path === '/enroll/devices'
          ? await this.#enrolment.list(asker)
          : await this.#enrolment.revoke(asker, device)
    if (result.ok) return done(wantsJson, path, result.value)
    await this.#pause(Math.max(0, refusalMs - (performance.now() - sinceMs)))
    return refusal(wantsJson, result, fields)
  }
}

function askerOf(fields: Fields, source: string): EnrolmentAsker {
  const pass = fields.get('pass') ?? ''
  const password = fields.get('password') ?? ''
  return pass === '' ? { name: fields.get('name') ?? '', password, source } : { pass, source }
}

/** Another site's form, by what browsers say of it; programs say nothing. */
function isFromElsewhere({ origin, host, fetchSite }: HttpAskOfMain): boolean {
  if (fetchSite !== null) return !['same-origin', 'none'].includes(fetchSite)
  return origin !== null && origin.replace(/^https?:\/\//, '').toLowerCase() !== (host ?? '').toLowerCase()
}

function isJson(contentType: string): boolean {
  return /^application\/json\b/i.test(contentType)
}

/** Null: neither a form nor a JSON object of texts. */
function fieldsOf({ contentType, body }: HttpAskOfMain): Fields | null {
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return new Map(new URLSearchParams(body))
  if (!isJson(contentType)) return null
  try {
    const given: unknown = JSON.parse(body)
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return null
    return new Map(Object.entries(given).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  } catch {
    return null
  }
}

function done(wantsJson: boolean, path: string, value: Answered): HttpAnswerOfMain {
  const status = path === '/enroll' ? 201 : 200
  if (wantsJson) return json(status, value)
  const { aor, pass, userName, secret } = value
  const name = aor.replace(/^sip:/, '')
  const devices = value.devices.map((each) => ({ ...each, enrolledAt: new Date(each.createdMs).toISOString() }))
  const fresh = userName !== undefined && secret !== undefined ? { userName, secret } : null
  return page(status, { kind: 'devices', name, pass, fresh, devices })
}

function refusal(wantsJson: boolean, { status, message }: EnrolmentRefusal, fields: Fields = new Map()) {
  if (wantsJson) return json(status, { error: message })
  const view = { kind: 'form', message, name: fields.get('name') ?? '', device: fields.get('device') ?? '' } as const
  return page(status, view, status === 429 || status === 503 ? [['Retry-After', '60']] : [])
}

function json(status: number, value: object): HttpAnswerOfMain {
  const headers = [['Content-Type', 'application/json; charset=utf-8'], ...enrolmentHeaders] as const
  return { status, headers, body: `${JSON.stringify(value)}\n` }
}

function page(
  status: number,
  view: EnrolmentView,
  more: readonly (readonly [string, string])[] = [],
): HttpAnswerOfMain {
  const headers = [['Content-Type', 'text/html; charset=utf-8'], ...more, ...enrolmentHeaders] as const
  return { status, headers, body: enrolmentPage(view) }
}
