import { z } from 'zod'
import { MadangEvent } from '#contracts/events'
import { type Domain, SUBSCRIPTIONS } from '#contracts/subscriptions'
import type { Platform, Reply } from '../support/platform.ts'

/** What a call must do while a domain is stopped: go on, be refused as an outage, or be taken on and finished later. */
export type Duty = 'goes on' | 'is refused' | 'is taken on'
export type Outcome = { call: string; duty: Duty; reply: Pick<Reply, 'status' | 'headers' | 'json'> | null }

const RETRY_AFTER_SECONDS_MAX = 2
/** No client waits longer for a word. */
const ANSWER_WITHIN_MS = 15_000

const Coded = z.object({ code: z.string() })

/** The reply to a call, or null when none came while anybody would have waited. */
export async function answerTo(asked: Promise<Reply>, withinMs = ANSWER_WITHIN_MS): Promise<Reply | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const waited = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), withinMs)
  })
  try {
    return await Promise.race([asked, waited])
  } finally {
    clearTimeout(timer)
  }
}

/** What is wrong with how calls went while a domain was stopped. Nothing wrong: an empty list. */
export const faultsOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ call, duty, reply }) => {
    if (reply === null) return [`${call}: never answered`]
    const fault = duty === 'is refused' ? faultOfRefusal(reply) : faultOfSuccess(duty, reply)
    return fault === null ? [] : [`${call}: ${fault}`]
  })

function faultOfSuccess(duty: Duty, { status, json }: NonNullable<Outcome['reply']>): string | null {
  const isRight = duty === 'is taken on' ? status === 202 : status >= 200 && status < 300
  return isRight ? null : `${duty} without it, but was answered ${said(status, json)}`
}

function faultOfRefusal({ status, json, headers }: NonNullable<Outcome['reply']>): string | null {
  if (status !== 503 || Coded.safeParse(json).data?.code !== 'UNAVAILABLE')
    return `needs it, but was answered ${said(status, json)}`
  if (!headers.get('content-type')?.startsWith('application/problem+json')) return 'no problem+json'
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN)
  return retryAfter >= 0 && retryAfter <= RETRY_AFTER_SECONDS_MAX
    ? null
    : `says to come back in ${retryAfter} s`
}

const said = (status: number, json: unknown): string =>
  `${status} ${Coded.safeParse(json).data?.code ?? ''}`.trim()

/** What a refused call had changed nevertheless, or did not do once it was asked again under the same key. */
export type Effects = { call: string; before: number; refused: number; again: number; twice: number }
export const halfStates = (effects: readonly Effects[]): string[] =>
  effects.flatMap(({ call, before, refused, again, twice }) => [
    ...(refused === before ? [] : [`${call}: was refused and left ${refused - before}`]),
    ...(again === before + 1 ? [] : [`${call}: asked again it left ${again - before}`]),
    ...(twice === again ? [] : [`${call}: its key was good for ${twice - again} more`]),
  ])

/** What was told to a domain since a moment and not heard by it. */
export type Backlog = { told: MadangEvent[]; heard: ReadonlySet<string>; deadLetters: number }
export const undrained = ({ told, heard, deadLetters }: Backlog): string[] => [
  ...told.filter(({ id }) => !heard.has(id)).map(({ id, type }) => `${type} ${id} was not heard`),
  ...(deadLetters === 0 ? [] : [`${deadLetters} dead letters`]),
]

/** Reads every domain's outbox and the hearer's inbox. */
export async function readBacklog(
  platform: Platform,
  domains: readonly Domain[],
  hearer: Domain,
  sinceMs: number,
): Promise<Backlog> {
  const outboxes = await Promise.all(
    domains.map(async (domain) =>
      (await databaseOf(platform, domain))
        .prepare('SELECT event FROM outbox WHERE created_at_ms >= ?')
        .bind(sinceMs)
        .all<{
          event: string
        }>(),
    ),
  )
  const told = outboxes
    .flatMap(({ results }) => results.map(({ event }) => MadangEvent.parse(JSON.parse(event))))
    .filter(({ type }) => SUBSCRIPTIONS[type].some((each) => each === hearer))
  const db = await databaseOf(platform, hearer)
  const heard = await db.prepare('SELECT event_id AS id FROM inbox').all<{ id: string }>()
  const dead = await db.prepare('SELECT count(*) AS n FROM dead_letters').first<number>('n')
  return { told, heard: new Set(heard.results.map(({ id }) => id)), deadLetters: dead ?? 0 }
}

const databaseOf = async (platform: Platform, domain: Domain): Promise<D1Database> =>
  (await platform.server.getWorker<{ DB: D1Database }>(`madang-${domain}`).getEnv()).DB
