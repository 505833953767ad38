/**
 * `${NAME}` and `${NAME:-fallback}` in the values of the file, from the environment; `$${` is a plain `${`.
 */

export type Interpolated =
  | { readonly ok: true; readonly text: string; readonly changed: boolean }
  | { readonly ok: false; readonly message: string }

const reference = /\$\$\{|\$\{([^}]*)\}/g
const body = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s

export function interpolate(text: string, env: Readonly<Record<string, string | undefined>>): Interpolated {
  if (!text.includes('${')) return { ok: true, text, changed: false }
  let message = ''
  const replaced = text.replace(reference, (whole, inner: string | undefined) => {
    if (inner === undefined) return '${'
    const [, name, fallback] = body.exec(inner) ?? []
    if (name === undefined)
      message ||= `${whole} is no reference to an environment variable; write $\${ for a plain \${`
    const value = name === undefined ? '' : (env[name] ?? fallback)
    if (value === undefined) message ||= `the environment variable ${name} is not set`
    return value ?? ''
  })
  return message === '' ? { ok: true, text: replaced, changed: true } : { ok: false, message }
}
