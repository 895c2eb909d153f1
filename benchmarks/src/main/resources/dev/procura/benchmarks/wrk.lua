-- BENCH_TOKENS: a file, one token in each line. BENCH_ORDER: ROUND, again and again; ONCE, each for one request; BURST,
-- each for a hundred. With ONCE and BURST the load ends after the last one. BENCH_BODY: a file to send, or nothing.

local order = os.getenv("BENCH_ORDER")
local each = order == "BURST" and 100 or 1
local requests = {}
local sent, answered, refused = 0, 0, 0
local threads = {}

-- BENCH_SPREAD: milliseconds over which the connections begin, so that those who wait for a slow answer do not come back all
-- at the same moment; 0: all begin at once.
local spread = tonumber(os.getenv("BENCH_SPREAD"))
local connections = tonumber(os.getenv("BENCH_CONNECTIONS"))
local begun = 0

if spread > 0 then
    function delay()
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

function setup(thread)
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
    local turn = math.floor(sent / each)
    sent = sent + 1
    if order == "ROUND" then
        turn = turn % #requests
    elseif turn >= #requests then
        -- One that has been answered before: it costs no exchange, and the load is about to end.
        turn = 0
    end
    return requests[turn + 1]
end

function response(status)
    answered = answered + 1
    if status ~= 200 then
        refused = refused + 1
    end
    if order ~= "ROUND" and answered >= #requests * each then
        wrk.thread:stop()
    end
end

function done(summary, latency)
    local errors = summary.errors
    local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format("BENCH requests=%d micros=%d p50=%.1f p99=%.1f failures=%d\n",
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), failures))
end
