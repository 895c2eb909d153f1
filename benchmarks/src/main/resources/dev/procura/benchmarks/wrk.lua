-- BENCH_TOKENS: a file, one token in each line. BENCH_ORDER: ROUND, again and again; ONCE, each for one request; BURST,
-- each for a hundred. With ONCE and BURST the load ends after the last one. BENCH_BODY: a file to send, or nothing.

local order = os.getenv("BENCH_ORDER")
local each = order == "BURST" and 100 or 1
local requests = {}
-- wrk makes one request for itself, before any is sent.
local sent, answered = -1, 0

-- wrk sleeps for as long as it was told, whatever its threads do; an interrupt ends it, and it says what it has seen.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int process, int signal);")
local SIGINT = 2

-- BENCH_SPREAD: milliseconds over which the connections begin, so that those who wait for a slow answer do not come back all
-- at the same moment; 0: all begin at once.
local spread = tonumber(os.getenv("BENCH_SPREAD"))
local connections = tonumber(os.getenv("BENCH_CONNECTIONS"))
local begun = 0
local FOR_EVER = 600000

-- Asked before each request.
if order ~= "ROUND" then
    function delay()
        if sent >= #requests * each then
            return FOR_EVER
        end
        begun = begun + 1
        return begun <= connections and math.floor(begun * spread / connections) or 0
    end
end

local function contents(name)
    local file = assert(io.open(name, "rb"))
    local text = file:read("*a")
    file:close()
    return text
end

local threads = {}

function setup(thread)
    thread:set("refusal", 0)
    table.insert(threads, thread)
end

function init()
    local body = os.getenv("BENCH_BODY")
    local method = "GET"
    if body ~= "" then
        method = "POST"
        body = contents(body)
    else
        body = nil
    end
    for token in io.lines(os.getenv("BENCH_TOKENS")) do
        local headers = { ["Authorization"] = "Bearer " .. token, ["Accept"] = "application/json",
                          ["User-Agent"] = "benchmark", ["Host"] = wrk.headers["Host"] }
        table.insert(requests, wrk.format(method, nil, headers, body))
    end
end

function request()
    local turn = math.floor(math.max(sent, 0) / each)
    sent = sent + 1
    if order == "ROUND" then
        turn = turn % #requests
    elseif turn >= #requests then
        -- Made, and not sent: see delay.
        turn = 0
    end
    return requests[turn + 1]
end

function response(status)
    answered = answered + 1
    if status ~= 200 then
        refusal = status
    end
    if order ~= "ROUND" and answered >= #requests * each then
        ffi.C.kill(ffi.C.getpid(), SIGINT)
    end
end

function done(summary, latency)
    local errors = summary.errors
    local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format("BENCH requests=%d micros=%d p50=%.1f p99=%.1f failures=%d refusal=%d\n",
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failures,
        threads[1]:get("refusal")))
end
