/**
 * docs/reference/admin-api.md: the routes of the admin API, as its table has them.
 */
import { adminRoutes } from '../../src/admin/routes/table.ts'

const intro = `# Routes of the admin API

<!-- Made from src/admin/routes by \`UPDATE_DOCS=1 npx vitest run test/tidy\`. -->

What they are for, and who gets in: [admin API](../admin-api.md). Bodies and answers: [openapi.json](openapi.json). The
role is the smallest one that may; *socket* means that it is done on the unix socket alone.
`

export function adminApiPage(): string {
  const rows = adminRoutes.map(({ method, path, role, summary, socketOnly, ifMatch }) => {
    const condition = ifMatch === null ? '' : ifMatch === 'required' ? ' Wants `If-Match`.' : ' Obeys `If-Match`.'
    return `| ${method} | \`${path}\` | ${socketOnly ? 'socket' : role} | ${summary}${condition} |`
  })
  return `${intro}\n| method | path | role | what it does |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
}
