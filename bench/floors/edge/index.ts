/** The barest edge there can be: it looks at the path and hands the request on through one service binding. */
export default {
  fetch(request: Request, env: { CONSTANT: Fetcher; SQL: Fetcher }): Promise<Response> {
    return request.url.endsWith('/constant') ? env.CONSTANT.fetch(request) : env.SQL.fetch(request)
  },
}
