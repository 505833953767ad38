/**
 * What main answers over HTTP for the workers, which have the listeners: health, metrics, and pages for browsers.
 */
import type { Config } from '../config/index.ts'
import { ChatSite, isChatPath, type PageAnswer, type PageAsk } from '../web/index.ts'
import { answerHttp, type HealthParts } from './health.ts'

export type HttpAnswers = (ask: PageAsk) => Promise<PageAnswer>

interface Served {
  readonly config: Pick<Config, 'domain' | 'web'>
  readonly version: string
}

export function httpAnswers({ config, version }: Served, parts: HealthParts): HttpAnswers {
  const site = new ChatSite({ domain: config.domain.name.toLowerCase(), xcapRoot: config.web.xcapRoot, version })
  return async (ask) => {
    if (isChatPath(ask.path)) return site.answer(ask)
    const { status, type, body } = await answerHttp(parts, ask.path)
    return { status, headers: [['content-type', type]], body }
  }
}
