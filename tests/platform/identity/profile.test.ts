import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Me, PublicMember, SessionLine } from '#contracts/identity'
import { pageOf } from '#contracts/page'
import { Neighbourhood } from '#contracts/place'
import { codeIn, type Identity, newAccount, sessionIn, startIdentity } from './alone.ts'

const PHOTO = 'img_01kaj5v0e8q6r1x3n7w2z9c4bt'
const PHOTO_OF_ANOTHER = 'img_01kaj5v0e8q6r1x3n7w2z9zzzz'
const PHOTO_THAT_BREAKS_MEDIA = 'img_01kaj5v0e8q6r1x3n7w2z9yyyy'
const Events = z.array(
  z.object({ type: z.string(), version: z.int(), data: z.record(z.string(), z.unknown()) }),
)

let identity: Identity
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const patchMe = (token: string, json: unknown) => identity.call('PATCH', 'me', { token, json })

/** What was told of a member, oldest first. */
async function eventsOf(memberId: string) {
  const rows = await identity.db
    .prepare("SELECT event FROM outbox WHERE event ->> 'aggregateId' = ? ORDER BY event ->> 'version'")
    .bind(memberId)
    .all<{ event: string }>()
  return Events.parse(rows.results.map(({ event }) => JSON.parse(event)))
}

describe('a member', () => {
  it('edits nickname, introduction, photo, language and home, and it is told once', async () => {
    const member = await identity.join()
    const edited = await patchMe(member.accessToken, {
      nickname: `${member.nickname.slice(0, 12)} 🌿`,
      introduction: '안녕하세요.\n화분을 좋아해요.',
      photoId: PHOTO,
      neighbourhoodId: 'plc_kr11110',
      radiusKm: 7,
      locale: 'en',
    })
    expect(edited.status).toBe(200)
    expect(edited.headers.get('x-madang-purge')).toBe(member.memberId)
    const me = Me.parse(edited.json)
    expect(me).toMatchObject({ photo: { thumb: `/img/${PHOTO}/thumb` }, region: '종로구', locale: 'en' })
    expect(me.home).toMatchObject({ radiusKm: 7, neighbourhood: { id: 'plc_kr11110' } })
    expect(Me.parse((await identity.call('GET', 'me', { token: member.accessToken })).json)).toEqual(me)
    const told = (await eventsOf(member.memberId)).map(({ type, version }) => `${type} ${version}`)
    expect(told).toEqual(['member.joined 1', 'member.profile_changed 2'])
  })

  it('takes the nearest neighbourhood as home, and their position is kept nowhere', async () => {
    const member = await identity.join()
    const edited = await patchMe(member.accessToken, { position: { lat: 37.59491, lng: 126.97741 } })
    expect(Me.parse(edited.json).home?.neighbourhood.name).toBe('종로구')
    const row = await identity.db.prepare('SELECT * FROM members WHERE id = ?').bind(member.memberId).first()
    expect(JSON.stringify(row)).not.toContain('37.59')
  })

  it.each([
    ['a place that is not there', { neighbourhoodId: 'plc_nowhere' }, 'VALIDATION_FAILED'],
    ['a photo of somebody else', { photoId: PHOTO_OF_ANOTHER }, 'IMAGE_NOT_YOURS'],
    ['a photo while media is down', { photoId: PHOTO_THAT_BREAKS_MEDIA }, 'UNAVAILABLE'],
    ['a reserved nickname', { nickname: 'ＡＤＭＩＮ' }, 'NICKNAME_TAKEN'],
    ['a role', { role: 'operator' }, 'VALIDATION_FAILED'],
    ['a nickname with something invisible', { nickname: 'min\u200bji' }, 'VALIDATION_FAILED'],
  ])('may not take %s', async (_, edit, code) => {
    const member = await identity.join()
    expect(codeIn(await patchMe(member.accessToken, edit))).toBe(code)
    expect(await eventsOf(member.memberId)).toHaveLength(1)
  })

  it('loses no edit when two are made at once', async () => {
    const member = await identity.join()
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, index) => patchMe(member.accessToken, { introduction: `edit ${index}` })),
    )
    const done = replies.filter((reply) => reply.status === 200).length
    expect(
      replies.filter((reply) => reply.status !== 200).every((reply) => codeIn(reply) === 'CONFLICT'),
    ).toBe(true)
    expect(await eventsOf(member.memberId)).toHaveLength(1 + done)
  })

  it('sees where they are signed in, and signs one device out at once', async () => {
    const member = await identity.join()
    const phone = sessionIn(
      await identity.signIn(member.loginId, member.password, {
        headers: { 'user-agent': 'Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36' },
      }),
    )
    const list = async () =>
      pageOf(SessionLine).parse(
        (await identity.call('GET', 'me/sessions', { token: member.accessToken })).json,
      ).items
    const lines = await list()
    expect(lines).toHaveLength(2)
    expect(lines.filter((line) => line.current)).toHaveLength(1)
    const other = lines.find((line) => !line.current)
    expect(other?.device).toBe('Chrome · Android')
    const revoke = () => identity.call('DELETE', `me/sessions/${other?.id}`, { token: member.accessToken })
    expect((await revoke()).status).toBe(204)
    expect(codeIn(await revoke())).toBe('NOT_FOUND')
    expect(codeIn(await identity.post('auth/refresh', { refreshToken: phone.refreshToken }))).toBe(
      'SESSION_ENDED',
    )
    expect(codeIn(await identity.call('GET', 'me', { token: phone.accessToken }))).toBe('SESSION_ENDED')
    expect(await list()).toHaveLength(1)
  })

  it('cannot sign out the device of somebody else', async () => {
    const [member, stranger] = [await identity.join(), await identity.join()]
    const lines = await identity.call('GET', 'me/sessions', { token: member.accessToken })
    const [line] = pageOf(SessionLine).parse(lines.json).items
    const revoked = await identity.call('DELETE', `me/sessions/${line?.id}`, { token: stranger.accessToken })
    expect(codeIn(revoked)).toBe('NOT_FOUND')
    expect((await identity.call('GET', 'me', { token: member.accessToken })).status).toBe(200)
  })

  it('keeps at most twenty sessions: the one used longest ago goes', async () => {
    const member = await identity.join()
    const atMs = Date.now()
    for (let index = 0; index < 20; index++) {
      await identity.db
        .prepare(
          `INSERT INTO sessions (id, member_id, device, created_at_ms, last_seen_at_ms, idle_expires_at_ms, expires_at_ms)
           VALUES (?, ?, 'test', ?, ?, ?, ?)`,
        )
        .bind(
          `ses_01kaj5v0e8q6r1x3n7w2z9c4${index + 10}`,
          member.memberId,
          atMs,
          atMs + 1_000 + index,
          atMs * 2,
          atMs * 2,
        )
        .run()
    }
    await identity.signIn(member.loginId, member.password)
    expect(codeIn(await identity.post('auth/refresh', { refreshToken: member.refreshToken }))).toBe(
      'SESSION_ENDED',
    )
    const live = await identity.db
      .prepare('SELECT count(*) AS live FROM sessions WHERE member_id = ? AND ended_at_ms IS NULL')
      .bind(member.memberId)
      .first<{ live: number }>()
    expect(live?.live).toBe(20)
  })

  it('withdraws with their password: the row stays, nothing personal does, and every session ends', async () => {
    const member = await identity.join()
    await patchMe(member.accessToken, {
      introduction: 'about me',
      photoId: PHOTO,
      neighbourhoodId: 'plc_kr11110',
    })
    const leave = (password: string) =>
      identity.call('DELETE', 'me', { token: member.accessToken, json: { password } })
    expect(codeIn(await leave('not the password'))).toBe('CREDENTIALS_WRONG')
    expect((await leave(member.password)).status).toBe(204)

    const face = PublicMember.parse((await identity.call('GET', `members/${member.memberId}`)).json)
    expect(face).toMatchObject({
      nickname: '떠난 이웃',
      photo: null,
      introduction: '',
      region: null,
      withdrawn: true,
    })
    const row = await identity.db.prepare('SELECT * FROM members WHERE id = ?').bind(member.memberId).first()
    for (const personal of [member.loginId, member.email, member.nickname, PHOTO, 'about me']) {
      expect(JSON.stringify(row)).not.toContain(personal)
    }
    expect(codeIn(await identity.call('GET', 'me', { token: member.accessToken }))).toBe('SESSION_ENDED')
    expect(codeIn(await identity.signIn(member.loginId, member.password))).toBe('CREDENTIALS_WRONG')
    expect((await eventsOf(member.memberId)).at(-1)).toMatchObject({ type: 'member.withdrawn', version: 3 })
    const again = { ...newAccount(), loginId: member.loginId, email: member.email, nickname: member.nickname }
    expect((await identity.post('auth/sign-up', again)).status).toBe(201)
  })

  it('is known to other workers by their public face only', async () => {
    const member = await identity.join()
    const told = JSON.stringify(await identity.facesOf([member.memberId, 'mem_01kaj5v0e8q6r1x3n7w2z9c4bt']))
    expect(told).toContain(member.nickname)
    expect(told).not.toContain(member.email)
    expect(
      z.object({ ok: z.literal(true), value: z.array(PublicMember).length(1) }).safeParse(JSON.parse(told))
        .success,
    ).toBe(true)
  })
})

describe('neighbourhoods', () => {
  const Found = pageOf(Neighbourhood)
  const find = async (query: string) =>
    Found.parse((await identity.call('GET', `neighbourhoods?${query}`)).json).items

  it('are found by name in Korean and English, the likeliest first', async () => {
    expect((await find('q=종로'))[0]?.name).toBe('종로구')
    expect((await find('q=jongno'))[0]?.name).toBe('종로구')
    expect((await find('q=London'))[0]?.country).toBe('GB')
    expect(await find('q=쀍뷁')).toEqual([])
  })

  it('are found by distance, nearest first', async () => {
    expect((await find('near=37.5949,126.9774'))[0]?.name).toBe('종로구')
    expect((await find('near=-89,0')).length).toBeGreaterThan(0)
  })

  it('are asked for by name or by position, not both', async () => {
    for (const query of ['', 'q=a&near=1,1', 'near=91,0', 'near=here']) {
      expect(codeIn(await identity.call('GET', `neighbourhoods?${query}`))).toBe('VALIDATION_FAILED')
    }
  })
})
