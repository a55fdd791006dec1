-- wrk: GET each path of a file in turn; the argument after it, if any, is sent as If-None-Match.
-- A `response` would have wrk copy every body into Lua, half as dear as the server's own work: where
-- 200 is wanted, wrk counts what is 400 and above by itself, and `bytes` tells that bodies were whole.
local threads = {}

function setup(thread) table.insert(threads, thread) end

function init(args)
  requests, turn, refused, asked, samples = {}, 0, 0, 0, ""
  for line in io.lines(args[1]) do
    local path, tag = line:match("^(%S+)%s*(.*)$")
    local headers = {}
    if tag ~= "" then headers["If-None-Match"] = tag end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
  wanted = tonumber(args[2])
  if wanted ~= 200 then response = look end
end

function request()
  turn = turn % #requests + 1
  asked = asked + 1
  return requests[turn]
end

function look(status, headers, body)
  if status ~= wanted and status < 400 then
    refused = refused + 1
    if refused <= 3 then samples = samples .. status .. " " .. body:sub(1, 300) .. "\n" end
  end
end

function done(summary, latency, requests)
  local refused, samples = summary.errors.status, ""
  for _, thread in ipairs(threads) do
    refused, samples = refused + thread:get("refused"), samples .. thread:get("samples")
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.stderr:write(samples)
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%f,"p50":%f,"p95":%f,"p99":%f,"max":%f,"refused":%d,"broken":%d,"asked":%d,"bytes":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, refused, broken, summary.requests, summary.bytes))
end
