package dev.procura.gateway.cache;

import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.CacheBounds;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code procura.cache}: how much is remembered, and for how long.
 *
 * @param maxEntries how many entries each cache holds
 * @param maxBytes how much memory each cache may take, estimated
 * @param maxLife how long an issued token is used at most, whatever its own life
 * @param negativeTtl how long it is remembered that a token is not active (introspection)
 * @param safetyMargin how long before its token an entry ends; at most half of a short life
 */
public record CacheProperties(
        @DefaultValue("100000") long maxEntries,
        @DefaultValue("256MB") DataSize maxBytes,
        @DefaultValue("1h") Duration maxLife,
        @DefaultValue("10s") Duration negativeTtl,
        @DefaultValue("30s") Duration safetyMargin) {

    private static final Duration MAX_NEGATIVE_TTL = Duration.ofMinutes(10);

    /** @throws InvalidSetting when the bounds cannot hold, or the times make no sense */
    public CacheProperties check() {
        if (maxEntries < 1) {
            throw invalid("max-entries", "is less than 1", "max-entries: 100000");
        }
        if (maxBytes.toBytes() < DataSize.ofMegabytes(1).toBytes()) {
            throw invalid("max-bytes", "is less than 1MB", "max-bytes: 256MB");
        }
        if (maxLife.compareTo(Duration.ofSeconds(1)) < 0) {
            throw invalid("max-life", "is less than 1s", "max-life: 1h");
        }
        if (negativeTtl.isNegative() || negativeTtl.compareTo(MAX_NEGATIVE_TTL) > 0) {
            throw invalid("negative-ttl", "is not between 0s and 10m", "negative-ttl: 10s");
        }
        if (safetyMargin.isNegative()) {
            throw invalid("safety-margin", "is negative", "safety-margin: 30s");
        }
        return this;
    }

    public CacheBounds bounds() {
        return new CacheBounds(Math.min(maxEntries, maxBytes.toBytes()), maxBytes.toBytes());
    }

    private static InvalidSetting invalid(String key, String reason, String example) {
        return new InvalidSetting("procura.cache." + key, reason, example);
    }
}
