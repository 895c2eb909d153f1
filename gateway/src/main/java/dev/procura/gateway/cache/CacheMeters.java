package dev.procura.gateway.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts how credentials were come by, in {@code procura.cache.requests{result}}, and what came of renewals, in {@code
 * procura.cache.renewals{result}}.
 */
final class CacheMeters {

    static final String REQUESTS = "procura.cache.requests";
    static final String RENEWALS = "procura.cache.renewals";

    /** From memory. */
    final Counter hit;
    /** From another replica. */
    final Counter shared;
    /** From the authorization server. */
    final Counter asked;
    /** From memory, past its usual end, because the authorization server does not answer. */
    final Counter stillValid;
    /** Refused from memory. */
    final Counter refused;
    /** Not at all. */
    final Counter failed;

    final Counter renewed;
    final Counter renewalFailed;

    CacheMeters(MeterRegistry meters) {
        hit = meters.counter(REQUESTS, "result", "hit");
        shared = meters.counter(REQUESTS, "result", "shared");
        asked = meters.counter(REQUESTS, "result", "asked");
        stillValid = meters.counter(REQUESTS, "result", "still_valid");
        refused = meters.counter(REQUESTS, "result", "refused");
        failed = meters.counter(REQUESTS, "result", "failed");
        renewed = meters.counter(RENEWALS, "result", "renewed");
        renewalFailed = meters.counter(RENEWALS, "result", "failed");
    }
}
