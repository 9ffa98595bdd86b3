import { NOTIFICATION_TYPES } from '#contracts/notifications'
import { groupBuyEn, groupBuyKo } from './group-buy-words.rules.ts'
import { tradeEn, tradeKo, walletEn, walletKo } from './money-words.rules.ts'
import { type Language, Params, type ParamsOf, type Words } from './params.rules.ts'
import { about, nameEn, nameKo, priceEn, priceKo, quote, timeIn } from './phrase.rules.ts'

/** A notification in the language of who reads it; `count` is how many happenings it stands for. */
export const wordsOf = (params: Params, count: number, language: Language): Words =>
  language === 'ko' ? korean(params, count) : english(params, count)

function korean(params: Params, count: number): Words {
  switch (params.type) {
    case 'comment':
      return { title: `${nameKo(params.name)} 댓글을 남겼어요`, body: about(params.title, params.text) }
    case 'reply':
      return { title: `${nameKo(params.name)} 답글을 남겼어요`, body: about(params.title, params.text) }
    case 'wish':
      return {
        title:
          count > 1
            ? `${params.name ?? '이웃'} 님 외 ${count - 1}명이 찜했어요`
            : `${nameKo(params.name)} 찜했어요`,
        body: params.title ?? '내 물건을 눈여겨보고 있어요.',
      }
    case 'chat':
      if (params.room === 'group')
        return {
          title: params.title,
          body: `${params.name ?? '이웃'}: ${params.kind === 'image' ? '사진을 보냈어요.' : quote(params.preview)}`,
        }
      return {
        title: `${params.name ?? '이웃'} 님의 메시지${count > 1 ? ` ${count}개` : ''}`,
        body: params.kind === 'image' ? '사진을 보냈어요.' : quote(params.preview),
      }
    case 'listing_status':
      return { title: STATUS_KO[params.status], body: params.title ?? '지켜보던 물건이에요.' }
    case 'price_drop':
      return {
        title: '지켜보던 물건의 값이 내려갔어요',
        body: `${params.title} · ${priceKo(params.from)} → ${priceKo(params.to)}`,
      }
    case 'appointment':
      return appointmentKo(params)
    case 'trade':
      return tradeKo(params)
    case 'review':
      return params.shown
        ? { title: '두 사람의 후기가 모두 나왔어요', body: `${params.title} · 서로의 후기를 볼 수 있어요.` }
        : {
            title: `${nameKo(params.name)} 후기를 썼어요`,
            body: `${params.title} · 내 후기를 쓰면 볼 수 있어요.`,
          }
    case 'keyword_alert':
      return {
        title: `‘${params.q}’ 새 물건이 올라왔어요`,
        body: `${params.title} · ${priceKo(params.price)}`,
      }
    case 'wallet':
      return walletKo(params.what)
    case 'coupon':
      return {
        title: '쿠폰이 곧 끝나요',
        body: `${params.title} · ${timeIn('ko', params.expiresAtMs)}까지 쓸 수 있어요.`,
      }
    case 'group_buy':
      return groupBuyKo(params, count)
    case 'moderation':
      return moderationKo(params.what)
  }
}

function english(params: Params, count: number): Words {
  switch (params.type) {
    case 'comment':
      return { title: `${nameEn(params.name)} commented`, body: about(params.title, params.text) }
    case 'reply':
      return { title: `${nameEn(params.name)} replied to you`, body: about(params.title, params.text) }
    case 'wish':
      return {
        title:
          count > 1
            ? `${nameEn(params.name)} and ${count - 1} more saved your listing`
            : `${nameEn(params.name)} saved your listing`,
        body: params.title ?? 'Someone is keeping an eye on it.',
      }
    case 'chat':
      if (params.room === 'group')
        return {
          title: params.title,
          body: `${params.name ?? 'A neighbour'}: ${params.kind === 'image' ? 'sent a photo.' : quote(params.preview)}`,
        }
      return {
        title: `${count > 1 ? `${count} messages` : 'Message'} from ${params.name ?? 'a neighbour'}`,
        body: params.kind === 'image' ? 'Sent a photo.' : quote(params.preview),
      }
    case 'listing_status':
      return { title: STATUS_EN[params.status], body: params.title ?? 'A listing you follow.' }
    case 'price_drop':
      return {
        title: 'A listing you follow costs less now',
        body: `${params.title} · ${priceEn(params.from)} → ${priceEn(params.to)}`,
      }
    case 'appointment':
      return appointmentEn(params)
    case 'trade':
      return tradeEn(params)
    case 'review':
      return params.shown
        ? { title: 'Both reviews are out', body: `${params.title} · You can read each other’s review.` }
        : { title: `${nameEn(params.name)} wrote a review`, body: `${params.title} · Write yours to see it.` }
    case 'keyword_alert':
      return { title: `New for “${params.q}”`, body: `${params.title} · ${priceEn(params.price)}` }
    case 'wallet':
      return walletEn(params.what)
    case 'coupon':
      return {
        title: 'A coupon ends soon',
        body: `${params.title} · Use it by ${timeIn('en', params.expiresAtMs)}.`,
      }
    case 'group_buy':
      return groupBuyEn(params, count)
    case 'moderation':
      return moderationEn(params.what)
  }
}

const STATUS_KO: Record<ParamsOf<'listing_status'>['status'], string> = {
  on_sale: '지켜보던 물건이 다시 판매 중이에요',
  reserved: '지켜보던 물건이 예약됐어요',
  sold: '지켜보던 물건이 팔렸어요',
  hidden: '지켜보던 물건이 가려졌어요',
  deleted: '지켜보던 물건이 지워졌어요',
}
const STATUS_EN: Record<ParamsOf<'listing_status'>['status'], string> = {
  on_sale: 'A listing you follow is on sale again',
  reserved: 'A listing you follow is reserved',
  sold: 'A listing you follow has been sold',
  hidden: 'A listing you follow is hidden now',
  deleted: 'A listing you follow has been deleted',
}

function appointmentKo({ what, name, place, meetAtMs }: ParamsOf<'appointment'>): Words {
  const body = `${timeIn('ko', meetAtMs)} · ${place}`
  if (what === 'set') return { title: `${nameKo(name)} 약속을 정했어요`, body }
  if (what === 'cancelled') return { title: `${nameKo(name)} 약속을 취소했어요`, body }
  return { title: `${name ?? '이웃'} 님과 만날 시간이 한 시간 남았어요`, body }
}

function appointmentEn({ what, name, place, meetAtMs }: ParamsOf<'appointment'>): Words {
  const body = `${timeIn('en', meetAtMs)} · ${place}`
  if (what === 'set') return { title: `${nameEn(name)} set an appointment`, body }
  if (what === 'cancelled') return { title: `${nameEn(name)} cancelled the appointment`, body }
  return { title: `You meet ${name ?? 'a neighbour'} in an hour`, body }
}

function moderationKo(what: ParamsOf<'moderation'>['what']): Words {
  if (what.kind === 'report_closed')
    return what.outcome === 'acted'
      ? { title: '신고한 내용을 처리했어요', body: '알려 주셔서 고마워요.' }
      : { title: '신고한 내용을 살펴봤어요', body: '규칙에 어긋나는 점을 찾지 못했어요.' }
  if (what.kind === 'appeal_decided')
    return {
      title: what.outcome === 'overturned' ? '이의를 받아들였어요' : '이의를 받아들이지 않았어요',
      body: quote(what.answer),
    }
  if (what.act === 'hide') return { title: '운영자가 글을 가렸어요', body: quote(what.reason) }
  if (what.act === 'warn') return { title: '운영자가 주의를 줬어요', body: quote(what.reason) }
  const until = what.untilMs === null ? '' : `${timeIn('ko', what.untilMs)}까지 `
  return { title: `계정이 ${until}멈춰 있어요`, body: quote(what.reason) }
}

function moderationEn(what: ParamsOf<'moderation'>['what']): Words {
  if (what.kind === 'report_closed')
    return what.outcome === 'acted'
      ? { title: 'We acted on your report', body: 'Thank you for telling us.' }
      : { title: 'We looked into your report', body: 'We found nothing against the rules.' }
  if (what.kind === 'appeal_decided')
    return {
      title: what.outcome === 'overturned' ? 'Your appeal was accepted' : 'Your appeal was not accepted',
      body: quote(what.answer),
    }
  if (what.act === 'hide')
    return { title: 'An operator has hidden something of yours', body: quote(what.reason) }
  if (what.act === 'warn') return { title: 'An operator has warned you', body: quote(what.reason) }
  const until = what.untilMs === null ? '' : ` until ${timeIn('en', what.untilMs)}`
  return { title: `Your account is suspended${until}`, body: quote(what.reason) }
}

/** Types whose words this file knows; the list of the contract is held against it by a test. */
export const WORDED_TYPES: readonly string[] = NOTIFICATION_TYPES.filter((type) =>
  Params.options.some((option) => option.shape.type.value === type),
)
