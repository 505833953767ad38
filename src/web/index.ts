/**
 * The pages that the server gives to browsers: the web client at `/chat`, the console at `/console`, and enrolment at
 * `/enroll`.
 */
export { type EnrolmentView, enrolmentHeaders, enrolmentPage } from './enrolment-page.ts'
export type { PageAnswer, PageAsk } from './page-site.ts'
export { ChatSite, type ChatSiteSettings, ConsoleSite, isChatPath, isConsolePath } from './sites.ts'
