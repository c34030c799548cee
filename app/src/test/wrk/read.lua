-- Reads one cached part again and again.
-- TOKEN=... READ=/api/parts/ID wrk -t1 -c32 -d10s --latency -s app/src/test/wrk/read.lua http://127.0.0.1:8080
local token = assert(os.getenv("TOKEN"), "TOKEN is the access token")
local path = assert(os.getenv("READ"), "READ is the path")
local asked

function init()
  asked = wrk.format("GET", path, { ["Authorization"] = "Bearer " .. token })
end

function request()
  return asked
end
