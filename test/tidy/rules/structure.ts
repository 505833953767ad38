/**
 * What the repository as a whole must look like: names and depth of its paths, the size of what is kept, and that its
 * packages are explained and locked without addresses. The content of source files is checked in `text.ts`.
 */
import type { Complaint, Exceptions, SizedFile } from '../sources.ts'

const MAX_BLOB = 256 * 1024
const MAX_DEPTH = 3
const DRAWERS = /(?:^|[/._-])(utils?|helpers?|common|misc|managers?)(?=[/._-]|$)|[a-z](Utils?|Helpers?|Manager)\b/i

export function checkPathNames(paths: readonly string[]): Complaint[] {
  return paths.flatMap((path) => {
    const drawer = DRAWERS.exec(path)
    return drawer ? [`${path}: "${drawer[1] ?? drawer[2]}" names no thing; name it after what it serves`] : []
  })
}

export function checkDepth(paths: readonly string[]): Complaint[] {
  return paths
    .filter((path) => path.startsWith('src/') && path.split('/').length - 1 > MAX_DEPTH)
    .map((path) => `${path}: more than ${MAX_DEPTH} folders deep, src counted`)
}

export function checkBlobs(files: readonly SizedFile[], exceptions: Exceptions): Complaint[] {
  return files
    .filter(({ path, bytes }) => bytes > MAX_BLOB && !(path in exceptions))
    .map(({ path, bytes }) => `${path}: ${bytes} bytes, the limit is ${MAX_BLOB}; make it when it is needed`)
}

interface Package {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Each dependency has a row "| `name` | …" in docs/dependencies.md, each row is one, and each version is exact. */
export function checkDependencies(packageJson: string, document: string): Complaint[] {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(packageJson) as Package
  const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies }
  const explained = [...document.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!)
  return [
    ...Object.entries(wanted)
      .filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+$/.test(version))
      .map(([name, version]) => `package.json: ${name} is "${version}"; pin an exact version`),
    ...Object.keys(wanted)
      .filter((name) => !explained.includes(name))
      .map((name) => `docs/dependencies.md: has no row for ${name}; say what it does that we should not do ourselves`),
    ...explained
      .filter((name) => !(name in wanted))
      .map((name) => `docs/dependencies.md: explains ${name}, which package.json does not have`),
  ]
}

/** The lock must work with any registry, so it holds versions and integrity, and no address. */
export function checkLock(lock: string): Complaint[] {
  const hasAddresses = /"resolved"\s*:/.test(lock)
  return hasAddresses
    ? ['package-lock.json: holds "resolved" addresses; run npm install with the .npmrc of this repository']
    : []
}
