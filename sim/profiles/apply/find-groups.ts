/**
 * Where control groups can be made: the folders of our own group in version 1 (one for each controller) or version 2,
 * found from what the kernel says of us (cgroups(7)).
 */

export const controllers = ['cpu', 'memory', 'cpuset'] as const
export type Controller = (typeof controllers)[number]

/** Folders to make groups in, best first: our own group, then the root of the hierarchy. */
export interface GroupPlaces {
  readonly version: 1 | 2
  readonly places: Readonly<Record<Controller, readonly string[]>>
}

interface Mount {
  readonly root: string
  readonly point: string
  readonly type: string
  readonly options: readonly string[]
}

/**
 * `mountinfo` and `ownGroups` as in /proc/self; `controllersOf` gives the controllers of a version 2 hierarchy. Null
 * where neither version has CPU and memory.
 */
export function findGroupPlaces(
  mountinfo: string,
  ownGroups: string,
  controllersOf: (point: string) => readonly string[],
): GroupPlaces | null {
  const mounts = mountinfo.split('\n').flatMap(mountOf)
  const two = mounts.find(({ type, point }) => type === 'cgroup2' && hasAll(controllersOf(point)))
  if (two) {
    const folders = foldersOf(
      two,
      ownPath(ownGroups, (id) => id === '0'),
    )
    return { version: 2, places: { cpu: folders, memory: folders, cpuset: folders } }
  }
  const placesOf = (controller: Controller): readonly string[] => {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller))
    if (!mount) return []
    return foldersOf(
      mount,
      ownPath(ownGroups, (_, names) => names.includes(controller)),
    )
  }
  const places = { cpu: placesOf('cpu'), memory: placesOf('memory'), cpuset: placesOf('cpuset') }
  return places.cpu.length === 0 || places.memory.length === 0 ? null : { version: 1, places }
}

function hasAll(found: readonly string[]): boolean {
  return found.includes('cpu') && found.includes('memory')
}

/** `31 23 0:28 /root /mount/point rw - cgroup cgroup rw,cpu` */
function mountOf(line: string): Mount[] {
  const [before, after] = line.split(' - ')
  const [, , , root, point] = (before ?? '').split(' ')
  const [type, , options] = (after ?? '').split(' ')
  if (!root || !point || !type?.startsWith('cgroup')) return []
  return [{ root, point, type, options: (options ?? '').split(',') }]
}

/** Of `4:cpu,cpuacct:/path` the path. */
function ownPath(ownGroups: string, isIt: (id: string, names: readonly string[]) => boolean): string {
  for (const line of ownGroups.split('\n')) {
    const [id, names, ...path] = line.split(':')
    if (id && names !== undefined && isIt(id, names.split(','))) return path.join(':')
  }
  return '/'
}

function foldersOf({ root, point }: Mount, path: string): readonly string[] {
  const inside = root !== '/' && path.startsWith(root) ? path.slice(root.length) : path
  const own = `${point}${inside === '/' ? '' : inside}`.replace(/\/$/, '')
  return own === point ? [point] : [own, point]
}
