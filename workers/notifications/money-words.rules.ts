import type { ParamsOf, Words } from './params.rules.ts'
import { nameEn, nameKo, wonEn, wonKo } from './phrase.rules.ts'

type Trade = ParamsOf<'trade'>
type Escrow = Exclude<Trade['what'], string>

/** A deal, or its money, as its other side is told of it. */
export function tradeKo({ what, name, title }: Trade): Words {
  if (what === 'completed')
    return { title: `${nameKo(name)} 거래를 마쳤어요`, body: `${title} · 후기를 남겨 보세요.` }
  if (what === 'undone') return { title: `${nameKo(name)} 거래를 되돌렸어요`, body: title }
  return { title: escrowTitleKo(what, name), body: `${title} · ${escrowBodyKo(what)}` }
}

export function tradeEn({ what, name, title }: Trade): Words {
  if (what === 'completed')
    return { title: `${nameEn(name)} closed the deal with you`, body: `${title} · Leave a review.` }
  if (what === 'undone') return { title: `${nameEn(name)} undid the deal`, body: title }
  return { title: escrowTitleEn(what, name), body: `${title} · ${escrowBodyEn(what)}` }
}

function escrowTitleKo({ kind, side, amount }: Escrow, name: string | null): string {
  const isSeller = side === 'seller'
  switch (kind) {
    case 'paid':
      return isSeller ? `${nameKo(name)} ${wonKo(amount)}을 결제했어요` : `${wonKo(amount)}을 결제했어요`
    case 'released':
      return isSeller ? `판매 대금 ${wonKo(amount)}이 들어왔어요` : '거래를 마쳤어요'
    case 'cancelled':
      return '결제가 취소됐어요'
    case 'disputed':
      return '거래에 문제가 신고됐어요'
    case 'decided':
      return '운영자가 거래 문제를 결정했어요'
    case 'refunded':
      return isSeller ? `${wonKo(amount)}을 돌려줬어요` : `${wonKo(amount)}을 돌려받았어요`
    case 'release_due':
      return isSeller ? `내일 ${wonKo(amount)}이 들어와요` : '내일 판매자에게 돈이 전해져요'
  }
}

function escrowBodyKo({ kind, side, amount }: Escrow): string {
  const isSeller = side === 'seller'
  switch (kind) {
    case 'paid':
      return isSeller ? '물건을 건네고 인수 번호를 받아 주세요.' : '물건을 받을 때까지 마당이 맡아 둬요.'
    case 'released':
      return '후기를 남겨 보세요.'
    case 'cancelled':
      return isSeller ? '맡아 둔 돈은 구매자에게 돌아갔어요.' : `${wonKo(amount)}이 지갑에 돌아왔어요.`
    case 'disputed':
      return `${wonKo(amount)}은 운영자가 결정할 때까지 움직이지 않아요.`
    case 'decided':
      if (isSeller) return `받는 돈은 ${wonKo(amount)}이에요.`
      return amount === 0 ? '돈은 판매자에게 모두 전해졌어요.' : `${wonKo(amount)}이 지갑에 돌아왔어요.`
    case 'refunded':
      return '지갑에서 내역을 볼 수 있어요.'
    case 'release_due':
      return isSeller ? '문제가 없으면 저절로 전해져요.' : '물건에 문제가 있으면 그 전에 알려 주세요.'
  }
}

function escrowTitleEn({ kind, side, amount }: Escrow, name: string | null): string {
  const isSeller = side === 'seller'
  switch (kind) {
    case 'paid':
      return isSeller ? `${nameEn(name)} paid ${wonEn(amount)}` : `You paid ${wonEn(amount)}`
    case 'released':
      return isSeller ? `You received ${wonEn(amount)}` : 'The trade is done'
    case 'cancelled':
      return 'The payment was cancelled'
    case 'disputed':
      return 'A problem was reported with a trade'
    case 'decided':
      return 'An operator has decided about your trade'
    case 'refunded':
      return isSeller ? `${wonEn(amount)} went back to the buyer` : `You got ${wonEn(amount)} back`
    case 'release_due':
      return isSeller ? `You receive ${wonEn(amount)} tomorrow` : 'The seller receives the money tomorrow'
  }
}

function escrowBodyEn({ kind, side, amount }: Escrow): string {
  const isSeller = side === 'seller'
  switch (kind) {
    case 'paid':
      return isSeller
        ? 'Hand it over and ask for the hand-over code.'
        : 'Madang keeps it until you have the thing.'
    case 'released':
      return 'Leave a review.'
    case 'cancelled':
      return isSeller ? 'The money went back to the buyer.' : `${wonEn(amount)} is back in your wallet.`
    case 'disputed':
      return `${wonEn(amount)} stays where it is until an operator has decided.`
    case 'decided':
      if (isSeller) return `You receive ${wonEn(amount)}.`
      return amount === 0 ? 'The money goes to the seller.' : `${wonEn(amount)} is back in your wallet.`
    case 'refunded':
      return 'Your wallet shows it.'
    case 'release_due':
      return isSeller
        ? 'It comes by itself unless there is a problem.'
        : 'Tell us before if something is wrong with the thing.'
  }
}

type WalletNews = ParamsOf<'wallet'>['what']

export function walletKo(what: WalletNews): Words {
  const won = wonKo(what.amount)
  switch (what.kind) {
    case 'charged':
      return { title: `${won}을 충전했어요`, body: '지갑에서 바로 쓸 수 있어요.' }
    case 'received':
      return { title: `${nameKo(what.name)} ${won}을 보냈어요`, body: what.memo ?? '지갑에 들어왔어요.' }
    case 'paid_out':
      return { title: `${won}을 계좌로 보냈어요`, body: '은행에서 입금을 마쳤어요.' }
    case 'payout_failed':
      return {
        title: `${won}을 계좌로 보내지 못했어요`,
        body: '돈은 지갑에 돌아왔어요. 계좌 정보를 확인하고 다시 출금해 주세요.',
      }
  }
}

export function walletEn(what: WalletNews): Words {
  const won = wonEn(what.amount)
  switch (what.kind) {
    case 'charged':
      return { title: `You topped up ${won}`, body: 'You can spend it right away.' }
    case 'received':
      return { title: `${nameEn(what.name)} sent you ${won}`, body: what.memo ?? 'It is in your wallet.' }
    case 'paid_out':
      return { title: `${won} went to your bank account`, body: 'The bank has credited it.' }
    case 'payout_failed':
      return {
        title: `${won} could not be paid out`,
        body: 'The money is back in your wallet. Check the account and try again.',
      }
  }
}
