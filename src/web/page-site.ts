/**
 * What is answered below the path of a page: the page, and under a path that changes with their content the modules,
 * style and icon that it names. Everything is in memory, made at the first request; a path that is not there is not
 * looked for.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { collectModules } from './module-graph.ts'
import { type PageParts, pageHtml } from './page-html.ts'
import { protectiveHeaders } from './protective-headers.ts'

export interface SitePlan extends Pick<PageParts, 'title' | 'description' | 'facts' | 'withoutScripts'> {
  /** `/chat` */
  readonly path: string
  /** The entry below this folder, without its ending: `chat/main`. */
  readonly entry: string
  /** Files of `assets/`, joined in this order. */
  readonly styles: readonly string[]
}

export interface PageAsk {
  /** Upper case. */
  readonly method: string
  readonly path: string
  readonly ifNoneMatch: string | null
  readonly acceptsGzip: boolean
}

export interface PageAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | Uint8Array
}

interface StaticFile {
  readonly type: string
  readonly bytes: Buffer
  readonly entityTag: string
  readonly cacheControl: string
  /** Made when it is first asked for. */
  zipped: Promise<Buffer> | null
}

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
const ownRoot = dirname(fileURLToPath(import.meta.url))
/** A build has no style and no pictures: the package brings them where they are in a checkout. */
const assets = join(ownRoot, extension === '.ts' ? 'assets' : '../../../src/web/assets')
const zipFromBytes = 1_024
const zipAsync = promisify(gzip)

const types = {
  html: 'text/html; charset=utf-8',
  module: 'text/javascript; charset=utf-8',
  style: 'text/css; charset=utf-8',
  picture: 'image/svg+xml',
  text: 'text/plain; charset=utf-8',
} as const

/** Nothing inline, nothing from elsewhere; `connect-src 'self'` is HTTPS and WSS of this very host and port. */
const protective = protectiveHeaders([
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
])

export class PageSite {
  readonly #plan: SitePlan
  #files: ReadonlyMap<string, StaticFile> | null = null

  constructor(plan: SitePlan) {
    this.#plan = plan
  }

  async answer({ method, path, ifNoneMatch, acceptsGzip }: PageAsk): Promise<PageAnswer> {
    if (method !== 'GET' && method !== 'HEAD') {
      return words(405, 'Method Not Allowed\n', [['Allow', 'GET, HEAD']])
    }
    const { path: root } = this.#plan
    if (path === `${root}/`) return words(308, `Moved to ${root}\n`, [['Location', root]])
    this.#files ??= makeFiles(this.#plan)
    const file = this.#files.get(path)
    if (!file) return words(404, 'Not Found\n')
    const { type, bytes, entityTag, cacheControl } = file
    const headers = [
      ['Content-Type', type],
      ['ETag', entityTag],
      ['Cache-Control', cacheControl],
      ['Vary', 'Accept-Encoding'],
      ...protective,
    ] as const
    if (matches(ifNoneMatch, entityTag)) return { status: 304, headers, body: '' }
    if (!acceptsGzip || bytes.length < zipFromBytes) return { status: 200, headers, body: bytes }
    file.zipped ??= zipAsync(bytes)
    return { status: 200, headers: [...headers, ['Content-Encoding', 'gzip']], body: await file.zipped }
  }
}

function words(status: number, body: string, headers: PageAnswer['headers'] = []): PageAnswer {
  return { status, headers: [['Content-Type', types.text], ...headers, ...protective], body }
}

/** RFC 9110 §13.1.2: by weak comparison. */
function matches(ifNoneMatch: string | null, entityTag: string): boolean {
  if (ifNoneMatch === null) return false
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim())
  return tags.includes('*') || tags.includes(entityTag) || tags.includes(entityTag.slice(2))
}

function makeFiles(plan: SitePlan): ReadonlyMap<string, StaticFile> {
  const entry = `${plan.entry}${extension}`
  const modules = collectModules(ownRoot, entry)
  const style = Buffer.concat(plan.styles.map((name) => readFileSync(join(assets, name))))
  const icon = readFileSync(join(assets, 'icon.svg'))
  const build = hashOf(...[...modules].flat(), style, icon)
  const base = `${plan.path}/${build}`
  const forever = 'public, max-age=31536000, immutable'
  const files = new Map<string, StaticFile>()
  const add = (path: string, type: string, content: string | Buffer, cacheControl: string) => {
    const bytes = Buffer.from(content)
    files.set(path, { type, bytes, entityTag: `W/"${hashOf(bytes)}"`, cacheControl, zipped: null })
  }
  for (const [path, text] of modules) add(`${base}/${path}`, types.module, text, forever)
  add(`${base}/page.css`, types.style, style, forever)
  add(`${base}/icon.svg`, types.picture, icon, forever)
  const early = [...modules.keys()].map((path) => `${base}/${path}`)
  const page = pageHtml({ ...plan, base, style: 'page.css', entry: `${base}/own/${entry}`, early })
  add(plan.path, types.html, page, 'no-cache')
  return files
}

function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 16)
}
