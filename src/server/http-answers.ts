/**
 * What main answers over HTTP for the workers, which have the listeners: health, metrics, pages for browsers, and the
 * admin API.
 */
import type { Config } from '../config/index.ts'
import type { HttpAnswerOfMain, HttpAskOfMain } from '../runtime/index.ts'
import { ChatSite, ConsoleSite, isChatPath, isConsolePath, type PageAnswer, type PageAsk } from '../web/index.ts'
import type { AdminSide } from './admin-side.ts'
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
  readonly admin: AdminSide | null
}

/** The web listener asks nobody for a certificate. */
const certificateNames = null

export interface PagesAndAnswers {
  readonly answer: HttpAnswers
  /** The console, for a listener that has nothing else. */
  readonly consolePage: (ask: PageAsk) => Promise<PageAnswer>
}

export function httpAnswers({ config, version }: Served, parts: HttpParts): PagesAndAnswers {
  const domain = config.domain.name.toLowerCase()
  const chat = new ChatSite({ domain, xcapRoot: config.web.xcapRoot, version })
  const console = new ConsoleSite({ domain, version })
  const answer: HttpAnswers = async (ask) => {
    if (ask.api) return parts.admin?.front.answer({ ...ask, ...ask.api, certificateNames }) ?? starting
    if (isChatPath(ask.path)) return chat.answer(ask)
    if (isConsolePath(ask.path)) return console.answer(ask)
    if (isEnrolmentPath(ask.path)) return parts.enrolment?.answer(ask) ?? starting
    const { status, type, body } = await answerHttp(parts, ask.path)
    return { status, headers: [['content-type', type]], body }
  }
  return { answer, consolePage: (ask) => console.answer(ask) }
}
