/**
 * Reads TypeScript just well enough for the tidy checks: blanks out comments and texts, finds imports and functions.
 * A scanner of our own, because the native compiler offers no syntax tree to JavaScript. What it cannot tell apart (a
 * division from a regular expression) it guesses by the sign before it, as highlighters do; the checks live with that.
 */

/** The same text, place by place as long, with the inside of comments, strings and regular expressions made blank. */
export function blankTexts(text: string): string {
  const known = blanked.get(text)
  if (known !== undefined) return known
  let out = ''
  // One entry for each template whose hole we are in: how many braces are open inside that hole.
  const holes: number[] = []
  for (let at = 0; at < text.length; ) {
    let token = match(TOKEN, text, at)
    if (/^\/[^/*]/.test(token) && !BEFORE_REGEX.test(out.trimEnd())) token = '/'
    at += token.length
    if (token === '{' && holes.length) holes.push(holes.pop()! + 1)
    if (token === '}' && holes.length && holes.push(holes.pop()! - 1) && holes.at(-1)! < 0) {
      holes.pop()
      const rest = match(TEMPLATE_REST, text, at)
      at += rest.length
      token += rest
    }
    if (/^[`}]/.test(token) && token.endsWith('${')) holes.push(0)
    out += token.length > 1 && /^['"`}/]/.test(token) ? blank(token) : token
  }
  blanked.set(text, out)
  return out
}

/** Several checks look at the same files; bounded by what is in the repository. */
const blanked = new Map<string, string>()

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

/** Quotes and the braces of holes stay, so that the blanked text still has its shape. */
function blank(token: string): string {
  if (token[0] === '/') return spaces(token)
  const end = token.endsWith('${') ? 2 : 1
  return token[0] + spaces(token.slice(1, -end)) + token.slice(-end)
}

function spaces(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

const TOKEN = new RegExp(
  [
    /\/\/[^\n]*|\/\*[\s\S]*?\*\//, // a comment
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/, // a string
    /`(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/, // a template, up to its end or its first hole
    /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/, // perhaps a regular expression
    /[^'"`/{}]+|[\s\S]/, // other code
  ]
    .map((part) => part.source)
    .join('|'),
  'y',
)
const TEMPLATE_REST = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y
const BEFORE_REGEX = /(?:^|[=(,:;[!&|?{}+\-*%<>~]|\b(?:return|typeof|case|in|of|do|else|yield|await|throw))$/

/** Targets of imports, exports from, `import()` and `new URL(…, import.meta.url)`, each once. */
export function importTargets(text: string): string[] {
  // Searched in the blanked text, so that code inside strings is not taken for code; read from the original.
  const found = blankTexts(text).matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)(['"`]) +\1/g)
  const targets = [...found].map((hit) => {
    const start = hit.index + hit[0].indexOf(hit[1]!) + 1
    return text.slice(start, hit.index + hit[0].length - 1)
  })
  return [...new Set(targets)]
}

export interface FunctionSpan {
  name: string
  line: number
  lines: number
}

const BODY_START = /(?:=>|\)(?:\s*:\s*[^;{}()]*(?:(?:\{[^{}]*\}|\([^()]*\))[^;{}()]*)*)?)\s*$/
const NOT_A_FUNCTION = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await'])

/** Every function, method and arrow function that has a body in braces, by matching these. */
export function functionSpans(text: string): FunctionSpan[] {
  const code = blankTexts(text)
  const open: { line: number; name: string | undefined }[] = []
  const spans: FunctionSpan[] = []
  let line = 1
  for (let at = 0; at < code.length; at++) {
    if (code[at] === '\n') line++
    else if (code[at] === '{') open.push({ line, name: functionName(code.slice(Math.max(0, at - 600), at)) })
    else if (code[at] === '}') {
      const start = open.pop()
      if (start?.name) spans.push({ name: start.name, line: start.line, lines: line - start.line + 1 })
    }
  }
  return spans
}

/** Name of the function whose body follows `before`; 'anonymous' if it has none, nothing if no function begins here. */
function functionName(before: string): string | undefined {
  const body = BODY_START.exec(before)
  if (!body) return undefined
  const isArrow = body[0].startsWith('=>')
  const head = before.slice(0, isArrow ? body.index : body.index + 1).trimEnd()
  const beforeParameters = head.endsWith(')') ? head.slice(0, openingParenthesis(head)).trimEnd() : head
  if (isArrow)
    return /(?:const|let)\s+([\w$]+)[^;=]*=\s*(?:async\s*)?[^=;\n]*$/.exec(beforeParameters)?.[1] ?? 'anonymous'
  const name = /([#\w$]+)(?:\s*<[^()]*>)?$/.exec(beforeParameters)?.[1]
  if (name === undefined || NOT_A_FUNCTION.has(name)) return undefined
  return name === 'function' ? 'anonymous' : name
}

function openingParenthesis(text: string): number {
  let depth = 0
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++
    else if (text[at] === '(' && --depth === 0) return at
  }
  return 0
}
