import { isDeepStrictEqual } from 'node:util'
import { SessionError, TimeoutError } from '@session-fetch/node'
import { type Deviation, LOOSER, STRICTER } from '../cases/deviations.js'
import { type Accepted, isRefused } from './outcome.js'
import type { Comparison } from './stage.js'
import type { WireCase } from '../cases/wire-case.js'

/** What is wrong with how a session took an answer, and with what it got next, or `null`. */
export function verdict(wire: WireCase, compared: Comparison): string | null {
  const { next } = compared
  return next === 'next' ? disagreement(wire, compared) : `the next request got ${JSON.stringify(next)}`
}

type Outcomes = Pick<Comparison, 'node' | 'ours'>

/**
 * What is wrong with how we took an answer, or `null`. What Node's parser refuses, we must refuse; what that takes,
 * we must take in the same way, unless a list of deviations says why not.
 */
export function disagreement(wire: WireCase, outcomes: Outcomes): string | null {
  const { ours } = outcomes
  return isRefused(ours) ? whyRefuse(wire, outcomes, ours.refused) : whyAccept(wire, outcomes, ours)
}

function whyAccept(wire: WireCase, { node }: Outcomes, ours: Accepted): string | null {
  if (wire.must === 'refuse') return `accepted ${JSON.stringify(ours)}`
  if (isDeepStrictEqual(ours, node) || isListed(LOOSER, wire)) return null
  return `accepted ${JSON.stringify(ours)}, not ${isRefused(node) ? String(node.refused) : JSON.stringify(node)}`
}

function whyRefuse(wire: WireCase, { node }: Outcomes, refused: unknown): string | null {
  if (!(refused instanceof SessionError)) return `threw what is no SessionError: ${String(refused)}`
  if (refused instanceof TimeoutError) return 'hangs'
  if (wire.must === 'accept') return `refused: ${refused.message}`
  const fine = isRefused(node) || isListed(STRICTER, wire)
  return fine ? null : `refused for no listed reason: ${refused.message}`
}

function isListed(list: readonly Deviation[], wire: WireCase): boolean {
  const text = wire.bytes.toString('latin1')
  return list.some(({ covers }) => covers(text, wire))
}
