// The default build has this module instead of checks.ts (see rollup.config.mjs). It checks nothing.
import type * as development from './checks.js'

export const ofCalls: typeof development.ofCalls = undefined
export const ofSessions: typeof development.ofSessions = undefined
export const options: typeof development.options = []
export const callCookies: typeof development.callCookies = () => ''
export const dropNodeOptions: typeof development.dropNodeOptions = () => {}
export const refuseUnsupported: typeof development.refuseUnsupported = () => {}
export const refuseProgress: typeof development.refuseProgress = () => {}
export const explain: typeof development.explain = () => undefined
