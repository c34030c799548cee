-- Posts receipts of 1 to random rows, each under its own Idempotency-Key.
-- TOKEN=... ROWS=file wrk -t1 -c32 -d10s --latency -s app/src/test/wrk/command.lua http://127.0.0.1:8080
-- ROWS has a line "locationId partId" for each row.
local token = assert(os.getenv("TOKEN"), "TOKEN is the access token")
local file = assert(os.getenv("ROWS"), "ROWS is a file of rows")
local rows = {}
for line in io.lines(file) do
  local location, part = line:match("(%S+) (%S+)")
  rows[#rows + 1] = '{"locationId":"' .. location .. '","partId":"' .. part .. '","type":"RECEIPT","quantity":1}'
end
local run, sent

function init()
  math.randomseed(os.time())
  run, sent = os.time() .. "-" .. math.random(1000000), 0
end

function request()
  sent = sent + 1
  return wrk.format("POST", "/api/movements", {
    ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. token,
    ["Idempotency-Key"] = run .. "-" .. sent,
  }, rows[math.random(#rows)])
end
