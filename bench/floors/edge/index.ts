type Env = { CONSTANT: Fetcher; SQL: Fetcher; ECHO: Fetcher; CLAIMS: Fetcher; JOINS: Fetcher }

/** The barest edge there can be: it looks at the path and hands the request on through one service binding. */
export default {
  fetch(request: Request, env: Env): Promise<Response> {
    if (request.url.endsWith('/constant')) return env.CONSTANT.fetch(request)
    if (request.url.includes('/claim/')) return env.CLAIMS.fetch(request)
    if (request.url.includes('/join/')) return env.JOINS.fetch(request)
    return request.url.includes('/echo/') ? env.ECHO.fetch(request) : env.SQL.fetch(request)
  },
}
