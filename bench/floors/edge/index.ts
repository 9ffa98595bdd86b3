/** The barest edge there can be: it looks at the path and hands the request on through one service binding. */
export default {
  fetch(request: Request, env: { CONSTANT: Fetcher; SQL: Fetcher; ECHO: Fetcher }): Promise<Response> {
    if (request.url.endsWith('/constant')) return env.CONSTANT.fetch(request)
    return request.url.includes('/echo/') ? env.ECHO.fetch(request) : env.SQL.fetch(request)
  },
}
