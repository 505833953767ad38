/**
 * The pages that there are: the web client at `/chat` and the console of administrators at `/console`.
 */
import { PageSite } from './page-site.ts'

export interface ChatSiteSettings {
  readonly domain: string
  /** Path below which XCAP is spoken, without a slash at its end. */
  readonly xcapRoot: string
  readonly version: string
}

export class ChatSite extends PageSite {
  constructor({ domain, xcapRoot, version }: ChatSiteSettings) {
    super({
      path: '/chat',
      entry: 'chat/main',
      styles: ['chat.css'],
      title: 'Meridian chat',
      description: 'Instant messages and presence in the browser',
      facts: { domain, 'xcap-root': xcapRoot, version },
      withoutScripts: 'The web client needs JavaScript. On this machine <code>npx meridian chat</code> does without.',
    })
  }
}

export class ConsoleSite extends PageSite {
  constructor({ domain, version }: Omit<ChatSiteSettings, 'xcapRoot'>) {
    super({
      path: '/console',
      entry: 'console/main',
      styles: ['console.css'],
      title: 'Meridian console',
      description: 'The state of a Meridian server, its users and devices',
      facts: { domain, version },
      withoutScripts: 'The console needs JavaScript. On the server, <code>meridian top</code> does without.',
    })
  }
}

export function isChatPath(path: string): boolean {
  return path === '/chat' || path.startsWith('/chat/')
}

/** Its session apart, which is the admin API's. */
export function isConsolePath(path: string): boolean {
  return path === '/console' || (path.startsWith('/console/') && path !== '/console/session')
}
