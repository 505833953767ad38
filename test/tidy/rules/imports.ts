/**
 * Who imports whom: the arrows between folders, cycles between files, files that nobody imports, packages that are not
 * there at run time. The arrows are data in `../tables.ts`; imports of types count like any other, since they couple
 * too.
 */
import { posix } from 'node:path'
import type { Complaint, Exceptions, SourceFile } from '../sources.ts'
import { MAY_IMPORT, OPEN_FOLDERS, TOP_EXCEPTIONS, TOP_MAY_IMPORT } from '../tables.ts'
import { importTargets } from './code-text.ts'

interface Arrow {
  from: string
  to: string
}

/** Arrows between the folders under src/, and that other folders are entered by their front door. */
export function checkArrows(files: readonly SourceFile[]): Complaint[] {
  return files
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap((file) => {
      const folder = folderUnderSrc(file.path)
      if (!MAY_IMPORT[folder])
        return [`${file.path}: src/${folder} is not in MAY_IMPORT of test/tidy/tables.ts; add its row`]
      return arrows(file).flatMap(({ from, to }) => {
        const target = folderUnderSrc(to)
        if (!to.startsWith('src/') || target === folder) return []
        if (!MAY_IMPORT[folder]!.includes(target)) {
          return [`${from}: ${folder} may not import ${target} (${to}); take what it needs from a port or an argument`]
        }
        const byTheDoor = to === `src/${target}/index.ts` || to === `src/${target}` || OPEN_FOLDERS.includes(target)
        return byTheDoor ? [] : [`${from}: imports ${to}; go through src/${target}/index.ts`]
      })
    })
}

/** Arrows between src, workers, sim, bench and test. */
export function checkTopArrows(files: readonly SourceFile[]): Complaint[] {
  return files.flatMap((file) => {
    const top = topFolder(file.path)
    if (!TOP_MAY_IMPORT[top]) return []
    const extra = Object.entries(TOP_EXCEPTIONS).find(([beginning]) => file.path.startsWith(beginning))?.[1] ?? []
    return arrows(file)
      .filter(({ to }) => ![...TOP_MAY_IMPORT[top]!, ...extra].includes(topFolder(to)))
      .map(({ from, to }) => `${from}: ${top} may not import ${to}`)
  })
}

/** Files that import each other in a ring, each ring once, from its first file by name. */
export function checkCycles(files: readonly SourceFile[]): Complaint[] {
  const graph = new Map(files.map((file) => [file.path, arrows(file).map(({ to }) => to)]))
  const done = new Set<string>()
  const rings = new Set<string>()
  const visit = (path: string, trail: string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) rings.add(ringText(trail.slice(start)))
    if (start >= 0 || done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of [...graph.keys()].sort()) visit(path, [])
  return [...rings].map((ring) => `${ring}: a cycle of imports; move what both need into a file of its own`)
}

/** Files of src/ that no other file imports, tests included. */
export function checkOrphans(files: readonly SourceFile[], entryPoints: Exceptions): Complaint[] {
  const imported = new Set(files.flatMap((file) => arrows(file).map(({ to }) => to)))
  return files
    .filter(({ path }) => path.startsWith('src/') && !imported.has(path) && !entryPoints[path])
    .map(({ path }) => `${path}: nobody imports it; use it, delete it, or give it a row in ENTRY_POINTS`)
}

/** Packages that src/ and workers/ import but that an installation without development packages lacks. */
export function checkPackages(files: readonly SourceFile[], packageJson: string): Complaint[] {
  const { dependencies } = JSON.parse(packageJson) as { dependencies: Record<string, string> }
  return files
    .filter(({ path }) => /^(src|workers)\//.test(path))
    .flatMap(({ path, text }) =>
      importTargets(text)
        .filter((target) => /^[@\w]/.test(target) && !/^\w+:/.test(target))
        .map((target) =>
          target
            .split('/')
            .slice(0, target.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => !(name in dependencies))
        .map((name) => `${path}: imports ${name}, which is not among the dependencies of package.json`),
    )
}

function arrows({ path, text }: SourceFile): Arrow[] {
  return importTargets(text)
    .filter((target) => /^\..*\.m?[jt]s$/.test(target))
    .map((target) => ({ from: path, to: posix.join(posix.dirname(path), target) }))
}

function topFolder(path: string): string {
  return path.split('/')[0]!
}

/** 'sip' for src/sip/message/x.ts, 'services.ts' for src/services.ts. */
function folderUnderSrc(path: string): string {
  return path.split('/')[1] ?? ''
}

function ringText(ring: string[]): string {
  const first = ring.indexOf([...ring].sort()[0]!)
  return [...ring.slice(first), ...ring.slice(0, first), ring[first]].join(' → ')
}
