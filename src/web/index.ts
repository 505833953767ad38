/**
 * The pages that the server gives to browsers: today the web client at `/chat`.
 */
export { ChatSite, type ChatSiteSettings, isChatPath, type PageAnswer, type PageAsk } from './chat-site.ts'
