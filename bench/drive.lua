-- wrk's script of one case: the paths of a file in turn, and one line of JSON at the end.
local paths, requests, turn = {}, {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local tokens = {}
local tokenFile = os.getenv("BENCH_TOKENS")
if tokenFile then for line in io.lines(tokenFile) do tokens[#tokens + 1] = line end end

function init()
  local body = os.getenv("BENCH_BODY")
  for index = 1, math.max(#paths, #tokens) do
    local headers = {}
    if os.getenv("BENCH_NO_CACHE") then headers["cache-control"] = "no-cache" end
    if body then headers["content-type"] = "application/json" end
    if #tokens > 0 then headers["authorization"] = "Bearer " .. tokens[(index - 1) % #tokens + 1] end
    requests[index] = wrk.format(body and "POST" or "GET", paths[(index - 1) % #paths + 1], headers, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format('\nRESULT {"requests":%d,"seconds":%.6f,"failed":%d,"p50Ms":%.3f,"p99Ms":%.3f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
