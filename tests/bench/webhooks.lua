-- For wrk: signed deliveries, each with an id of its own, made before the clock runs. BENCH_BODIES names a file with
-- lines of `signature TAB body`; BENCH_DELIVERIES says how many requests to make of them.
local requests, at = {}, 0

function init(_)
  local bodies = {}
  for line in io.lines(os.getenv('BENCH_BODIES')) do
    local signature, body = line:match('^(%S+)\t(.*)$')
    bodies[#bodies + 1] = { signature, body }
  end
  for i = 1, tonumber(os.getenv('BENCH_DELIVERIES')) do
    local one = bodies[(i - 1) % #bodies + 1]
    requests[i] = wrk.format('POST', nil, {
      ['Host'] = 'localhost',
      ['Content-Type'] = 'application/json',
      ['X-Shopify-Topic'] = 'orders/create',
      ['X-Shopify-Hmac-Sha256'] = one[1],
      ['X-Shopify-Shop-Domain'] = 'bench.myshopify.com',
      ['X-Shopify-Webhook-Id'] = string.format('b54557e4-bdd9-4b37-8a5f-%012d', i),
    }, one[2])
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, _)
  io.write(string.format('RESULT %d %d %d %d\n', summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
      + summary.errors.timeout,
    latency:percentile(99)))
end
