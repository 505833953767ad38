/**
 * The HTML of the web client: its modules, what it has to know of this server, and what is said where scripts do not
 * run.
 */
import { escapeHtml } from './escape-html.ts'

export interface ChatPageParts {
  /** Where style and icon are. */
  readonly base: string
  readonly entry: string
  /** Modules that are fetched at once, rather than when the one that imports them has come. */
  readonly early: readonly string[]
  readonly domain: string
  readonly xcapRoot: string
  readonly version: string
}

const withoutScripts = 'The web client needs JavaScript. On this machine <code>npx meridian chat</code> does without.'

export function chatPage({ base, entry, early, domain, xcapRoot, version }: ChatPageParts): string {
  const meta = (name: string, content: string) => `<meta name="${name}" content="${escapeHtml(content)}">`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<title>Meridian chat</title>',
    meta('viewport', 'width=device-width, initial-scale=1'),
    meta('color-scheme', 'light dark'),
    meta('description', 'Instant messages and presence in the browser'),
    meta('meridian-domain', domain),
    meta('meridian-xcap-root', xcapRoot),
    meta('meridian-version', version),
    `<link rel="icon" type="image/svg+xml" href="${base}/icon.svg">`,
    `<link rel="stylesheet" href="${base}/chat.css">`,
    ...early.map((path) => `<link rel="modulepreload" href="${path}">`),
    `<script type="module" src="${entry}"></script>`,
    '</head>',
    '<body>',
    '<div id="app"></div>',
    `<noscript><p>${withoutScripts}</p></noscript>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}
