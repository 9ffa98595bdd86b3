import type { ParamsOf, Words } from './params.rules.ts'
import { nameEn, nameKo, wonEn, wonKo } from './phrase.rules.ts'

type GroupBuy = ParamsOf<'group_buy'>

const HOST_DUE = {
  receipt: { ko: '영수증을 올릴 때가 하루 남았어요', en: 'One day left to send the receipt' },
  arrival: { ko: '도착을 알릴 때가 하루 남았어요', en: 'One day left to tell of the arrival' },
  hand_over: { ko: '나누는 때가 하루 남았어요', en: 'One day left to hand it over' },
}
const ALL_GOES_BACK = {
  ko: '지나면 취소되고 이웃의 돈이 모두 돌아가요.',
  en: 'Past it, it is called off and all money goes back.',
}
const PAST_IT = {
  receipt: ALL_GOES_BACK,
  arrival: ALL_GOES_BACK,
  hand_over: { ko: '지나면 저절로 정산해요.', en: 'Past it, it is settled by itself.' },
}

/** What happens in a group buy, as its host or its members are told of it; `count` is how many came or went. */
export function groupBuyKo({ what, name, title }: GroupBuy, count: number): Words {
  const others = count > 1 ? `${name ?? '이웃'} 님 외 ${count - 1}명이` : nameKo(name)
  switch (what.kind) {
    case 'joined':
      return { title: `${others} 참여했어요`, body: title }
    case 'left':
      return { title: `${others} 참여를 취소했어요`, body: title }
    case 'promoted':
      return { title: '대기하던 자리가 났어요', body: `${title} · ${what.units}개를 함께 사요.` }
    case 'passed_over':
      return {
        title: '잔액이 모자라 자리가 넘어갔어요',
        body: `${title} · 지갑을 충전하고 다시 대기해 주세요.`,
      }
    case 'closing':
      return {
        title: `마감까지 ${what.hours}시간 남았어요`,
        body: `${title} · ${what.remainingUnits}개가 남아 있어요.`,
      }
    case 'filled':
      return { title: '같이 살 이웃이 모였어요', body: `${title} · 이제 주문해요.` }
    case 'failed':
      return { title: '인원이 모이지 않았어요', body: `${title} · 맡아 둔 돈은 모두 돌아갔어요.` }
    case 'cancelled':
      return { title: '같이 사기가 취소됐어요', body: `${title} · 맡아 둔 돈은 모두 돌아갔어요.` }
    case 'purchasing':
      return { title: '주문을 마쳤어요', body: `${title} · 실제 값과 내 몫을 볼 수 있어요.` }
    case 'vote_opened':
      return {
        title: '값이 올라 동의가 필요해요',
        body: `${title} · 모두 ${wonKo(what.total)}이에요. 하루 안에 골라 주세요.`,
      }
    case 'arrived':
      return { title: '물건이 도착했어요', body: `${title} · ${what.place}에서 수령 번호를 보여 주세요.` }
    case 'host_due':
      return { title: HOST_DUE[what.step].ko, body: `${title} · ${PAST_IT[what.step].ko}` }
    case 'settled':
      return { title: '정산을 마쳤어요', body: `${title} · 남은 돈은 지갑에 돌아왔어요.` }
  }
}

export function groupBuyEn({ what, name, title }: GroupBuy, count: number): Words {
  const others = count > 1 ? `${nameEn(name)} and ${count - 1} more` : nameEn(name)
  switch (what.kind) {
    case 'joined':
      return { title: `${others} joined`, body: title }
    case 'left':
      return { title: `${others} left`, body: title }
    case 'promoted':
      return { title: 'A place came free for you', body: `${title} · You are in with ${what.units}.` }
    case 'passed_over':
      return {
        title: 'Your place went on: not enough money',
        body: `${title} · Top up the wallet and wait again.`,
      }
    case 'closing':
      return {
        title: `${what.hours === 1 ? 'One hour' : `${what.hours} hours`} left`,
        body: `${title} · ${what.remainingUnits} still to be had.`,
      }
    case 'filled':
      return { title: 'Enough neighbours are in', body: `${title} · Now it is ordered.` }
    case 'failed':
      return { title: 'Too few neighbours joined', body: `${title} · All money went back.` }
    case 'cancelled':
      return { title: 'The group buy was called off', body: `${title} · All money went back.` }
    case 'purchasing':
      return { title: 'It has been ordered', body: `${title} · See the real cost and your share.` }
    case 'vote_opened':
      return {
        title: 'It costs more: your vote is needed',
        body: `${title} · ${wonEn(what.total)} in all. Choose within a day.`,
      }
    case 'arrived':
      return { title: 'It has arrived', body: `${title} · Show your check-in code at ${what.place}.` }
    case 'host_due':
      return { title: HOST_DUE[what.step].en, body: `${title} · ${PAST_IT[what.step].en}` }
    case 'settled':
      return { title: 'It is settled', body: `${title} · What was left is back in your wallet.` }
  }
}
