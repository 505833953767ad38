/**
 * The modules that a browser needs for a page: its entry and whatever that imports, ours with their types stripped and
 * those of three packages as they are published. Made once; what is not in it cannot be asked for.
 *
 * No bundler: modules import each other by relative paths, so they work under any prefix, and only the names of the
 * packages are written as paths.
 */
import { readFileSync } from 'node:fs'
import { createRequire, stripTypeScriptTypes } from 'node:module'
import { dirname, join, posix, relative, sep } from 'node:path'

/** Name in an import → package and the file of it that is an ES module. */
const packageModules: ReadonlyMap<string, readonly [name: string, file: string]> = new Map([
  ['preact', ['preact', 'dist/preact.module.js']],
  ['preact/hooks', ['preact', 'hooks/dist/hooks.module.js']],
  ['sip.js', ['sip.js', 'lib/index.js']],
])

/** `import … from '…'`, `export … from '…'`, `import '…'`: static imports at the beginning or behind a minified `;`. */
const importPattern = /((?:^|[;}\n])\s*(?:import|export)(?:[\s{*][^'"();]*?from)?\s*)(['"])([^'"\n]+)\2/g

/** Path below the prefix → text of the module. */
export type ModuleGraph = ReadonlyMap<string, string>

/** `root`: the folder of our own modules; `entry`: a file of it. */
export function collectModules(root: string, entry: string): ModuleGraph {
  const require = createRequire(import.meta.url)
  const packageRoot = (name: string) => dirname(require.resolve(`${name}/package.json`))
  const modules = new Map<string, string>()
  const waiting = [posix.join('own', entry)]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (modules.has(path)) continue
    const text = moduleText(fileOf(path, root, packageRoot))
    modules.set(
      path,
      text.replace(importPattern, (_all, before: string, quote: string, name: string) => {
        const imported = resolveImport(path, name)
        waiting.push(imported)
        return `${before}${quote}${relativePath(path, imported)}${quote}`
      }),
    )
  }
  return modules
}

function resolveImport(from: string, name: string): string {
  if (name.startsWith('.')) return posix.join(posix.dirname(from), name)
  const known = packageModules.get(name)
  if (!known) throw new Error(`${from} imports ${name}, which browsers are not given`)
  return posix.join(...known)
}

function relativePath(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

function fileOf(path: string, root: string, packageRoot: (name: string) => string): string {
  const [top = '', ...rest] = path.split('/')
  const folder = top === 'own' ? root : packageRoot(top)
  const file = join(folder, ...rest)
  if (relative(folder, file).split(sep)[0] === '..') throw new Error(`${path} is outside of ${top}`)
  return file
}

function moduleText(file: string): string {
  const text = readFileSync(file, 'utf8')
  return file.endsWith('.ts') ? stripTypeScriptTypes(text) : text.replace(/^\/\/# sourceMappingURL=.*$/gm, '')
}
