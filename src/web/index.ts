/**
 * The pages that the server gives to browsers: the web client at `/chat` and enrolment at `/enroll`.
 */
export { ChatSite, type ChatSiteSettings, isChatPath, type PageAnswer, type PageAsk } from './chat-site.ts'
export { type EnrolmentView, enrolmentHeaders, enrolmentPage } from './enrolment-page.ts'
