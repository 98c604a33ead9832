-- For wrk: POST without a body. Every status over 399, time-out and broken connection is an error.
wrk.method = "POST"
wrk.headers["Accept"] = "application/json"

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'result {"requests":%d,"durationUs":%d,"errors":%d,"p50Us":%d,"p99Us":%d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
