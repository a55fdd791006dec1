-- wrk: each request is a new order of five lines. Pairs of person and sale are used once: `first` says where to begin.
-- Arguments: file of session secrets, file of sales (id, then its offers), first pair, one word for the keys.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function words_of(line)
  local words = {}
  for word in line:gmatch("%S+") do words[#words + 1] = word end
  return words
end

function init(args)
  people, sales = {}, {}
  for line in io.lines(args[1]) do people[#people + 1] = line end
  for line in io.lines(args[2]) do sales[#sales + 1] = words_of(line) end
  pair, salt = tonumber(args[3]), args[4]
  refused, statuses, samples = 0, "", ""
  math.randomseed(7 + number)
  asked = 0
end

local function five_lines(sale)
  local lines, start = {}, math.random(1, 40)
  for n = 0, 4 do
    lines[#lines + 1] = '{"offer_id":"' .. sale[1 + start + 40 * n] .. '","quantity":2}'
  end
  return table.concat(lines, ",")
end

function request()
  local person = people[1 + pair % #people]
  local sale = sales[1 + (pair + math.floor(pair / #people)) % #sales]
  pair, asked = pair + 1, asked + 1
  local body = '{"distribution_id":"' .. sale[1] .. '","lines":[' .. five_lines(sale) .. "]}"
  local headers = {
    ["Authorization"] = "Bearer " .. person,
    ["Idempotency-Key"] = "bench-" .. salt .. "-" .. number .. "-" .. pair,
    ["Content-Type"] = "application/json",
  }
  return wrk.format("POST", "/api/v1/orders", headers, body)
end

function response(status, headers, body)
  if status >= 300 then
    refused = refused + 1
    if refused <= 3 then samples = samples .. status .. " " .. body:sub(1, 300) .. "\n" end
  end
end

function done(summary, latency, requests)
  local refused, asked, samples = 0, 0, ""
  for _, thread in ipairs(threads) do
    refused, asked = refused + thread:get("refused"), asked + thread:get("asked")
    samples = samples .. thread:get("samples")
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.stderr:write(samples)
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%f,"p50":%f,"p95":%f,"p99":%f,"max":%f,"refused":%d,"broken":%d,"asked":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, refused, broken, asked))
end
