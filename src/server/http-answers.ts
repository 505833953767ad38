/**
 * What main answers over HTTP for the workers, which have the listeners: health, metrics, and pages for browsers.
 */
import type { Config } from '../config/index.ts'
import type { HttpAnswerOfMain, HttpAskOfMain } from '../runtime/index.ts'
import { ChatSite, isChatPath } from '../web/index.ts'
import { type EnrolmentSite, isEnrolmentPath } from './enrolment-site.ts'
import { answerHttp, type HealthParts } from './health.ts'

export type HttpAnswers = (ask: HttpAskOfMain) => Promise<HttpAnswerOfMain>

interface Served {
  readonly config: Pick<Config, 'domain' | 'web'>
  readonly version: string
}

const starting: HttpAnswerOfMain = { status: 503, headers: [['retry-after', '2']], body: 'starting\n' }

interface HttpParts extends HealthParts {
  /** Null before the server has started. */
  readonly enrolment: EnrolmentSite | null
}

export function httpAnswers({ config, version }: Served, parts: HttpParts): HttpAnswers {
  const site = new ChatSite({ domain: config.domain.name.toLowerCase(), xcapRoot: config.web.xcapRoot, version })
  return async (ask) => {
    if (isChatPath(ask.path)) return site.answer(ask)
    if (isEnrolmentPath(ask.path)) return parts.enrolment?.answer(ask) ?? starting
    const { status, type, body } = await answerHttp(parts, ask.path)
    return { status, headers: [['content-type', type]], body }
  }
}
