import type { ErrorCode } from '#contracts/errors'

declare global {
  namespace App {
    interface Error {
      message: string
      code?: ErrorCode | 'NO_ANSWER'
      detail?: string
      requestId?: string
    }
    interface Locals {
      /** The access token that data calls of this request carry; null for a guest. */
      accessToken: string | null
    }
    interface Platform {
      env: {
        EDGE: { fetch(request: Request): Promise<Response> }
        /** What PortOne's window is opened with, in production; both are public. */
        PORTONE_STORE_ID?: string
        PORTONE_CHANNEL_KEY?: string
      }
    }
  }
}
