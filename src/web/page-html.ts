/**
 * The HTML of a page: its modules, what it has to know of this server, and what is said where scripts do not run.
 */
import { escapeHtml } from './escape-html.ts'

export interface PageParts {
  readonly title: string
  readonly description: string
  /** Where style and icon are. */
  readonly base: string
  readonly style: string
  readonly entry: string
  /** Modules that are fetched at once, rather than when the one that imports them has come. */
  readonly early: readonly string[]
  /** `meridian-…` → what the page has to know. */
  readonly facts: Readonly<Record<string, string>>
  /** HTML: what to do where scripts do not run. */
  readonly withoutScripts: string
}

export function pageHtml({ title, description, base, style, entry, early, facts, withoutScripts }: PageParts): string {
  const meta = (name: string, content: string) => `<meta name="${name}" content="${escapeHtml(content)}">`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<title>${escapeHtml(title)}</title>`,
    meta('viewport', 'width=device-width, initial-scale=1'),
    meta('color-scheme', 'light dark'),
    meta('description', description),
    ...Object.entries(facts).map(([name, value]) => meta(`meridian-${name}`, value)),
    `<link rel="icon" type="image/svg+xml" href="${base}/icon.svg">`,
    `<link rel="stylesheet" href="${base}/${style}">`,
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
