/**
 * Settings that change while a worker runs: new values are written into the object that its parts were given, so that
 * whoever reads a value when it is needed has the new one. Nobody keeps a copy of a value in a field of their own.
 */

/** Writes the values of `next` into `settings`, group by group; lists keep their identity too. */
export function renewSettings(settings: object, next: object): void {
  const target = settings as Record<string, unknown>
  for (const [key, value] of Object.entries(next)) {
    const present = target[key]
    if (Array.isArray(value) && Array.isArray(present)) renewList(present, value)
    else if (isGroup(value) && isGroup(present)) renewSettings(present, value)
    // What has not changed may be frozen: settings that no key of the configuration turns are.
    else if (!Object.is(present, value)) target[key] = value
  }
}

function renewList(present: unknown[], value: readonly unknown[]): void {
  const isSame = present.length === value.length && present.every((item, index) => Object.is(item, value[index]))
  if (!isSame) present.splice(0, present.length, ...value)
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
