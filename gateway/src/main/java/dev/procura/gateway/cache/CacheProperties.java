package dev.procura.gateway.cache;

import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Secret;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code procura.cache}: how much is remembered, for how long, and with whom.
 *
 * @param maxEntries how many entries each cache holds
 * @param maxBytes how much memory each cache may take, estimated
 * @param maxLife how long an issued token is used at most, whatever its own life
 * @param negativeTtl how long it is remembered that a token is not active, or that a server refused it
 * @param safetyMargin how long before its token an entry ends; at most half of a short life
 * @param refreshAhead after which part of its life an entry that is in use is renewed
 * @param subject what stands for the subject in the key
 * @param shared whether the replicas of this gateway share what they know
 * @param sealKeys base64 of 32 bytes each: what is shared is sealed with the first, all open
 * @param sealKeysFile a file with the same, one on each line, in place of {@code sealKeys}
 * @param revocationLife how long a revocation is kept; no token may live longer
 */
public record CacheProperties(
        @DefaultValue("100000") long maxEntries,
        @DefaultValue("256MB") DataSize maxBytes,
        @DefaultValue("1h") Duration maxLife,
        @DefaultValue("10s") Duration negativeTtl,
        @DefaultValue("30s") Duration safetyMargin,
        @DefaultValue("0.8") double refreshAhead,
        @DefaultValue("token") Subject subject,
        @DefaultValue("none") Shared shared,
        @DefaultValue List<Secret> sealKeys,
        @Nullable String sealKeysFile,
        @DefaultValue("24h") Duration revocationLife) {

    private static final Duration MAX_NEGATIVE_TTL = Duration.ofMinutes(10);

    /** What stands for the subject in the key. */
    public enum Subject {
        /** The very token. */
        TOKEN,
        /** Everything it says, but for what makes it one token among equals. */
        CLAIMS
    }

    /** What several replicas have in common. */
    public enum Shared {
        NONE,
        REDIS
    }

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
        if (!(refreshAhead >= 0.5 && refreshAhead <= 1)) {
            throw invalid(
                    "refresh-ahead", "is not between 0.5 and 1 (1: nothing is renewed ahead)", "refresh-ahead: 0.8");
        }
        if (revocationLife.compareTo(Duration.ofMinutes(1)) < 0 || revocationLife.compareTo(Duration.ofDays(31)) > 0) {
            throw invalid("revocation-life", "is not between 1m and 31d", "revocation-life: 24h");
        }
        checkSealKeys();
        return this;
    }

    /** That they are there exactly when something is sealed; what they are is read where they are used. */
    private void checkSealKeys() {
        String example = "seal-keys-file: /run/secrets/seal-keys";
        if (!sealKeys.isEmpty() && sealKeysFile != null) {
            throw invalid("seal-keys-file", "stands beside seal-keys: only one of them can count", example);
        }
        boolean given = !sealKeys.isEmpty() || sealKeysFile != null;
        if (shared == Shared.REDIS && !given) {
            throw invalid(
                    "seal-keys",
                    "is missing: nothing is shared that is not sealed (openssl rand -base64 32 makes a key)",
                    "seal-keys: [\"${SEAL_KEY}\"]");
        }
        if (shared == Shared.NONE && given) {
            throw invalid(
                    sealKeysFile == null ? "seal-keys" : "seal-keys-file",
                    "seals nothing while nothing is shared: set shared, or remove it",
                    "shared: redis");
        }
    }

    public CacheBounds bounds() {
        return new CacheBounds(Math.min(maxEntries, maxBytes.toBytes()), maxBytes.toBytes());
    }

    private static InvalidSetting invalid(String key, String reason, String example) {
        return new InvalidSetting("procura.cache." + key, reason, example);
    }
}
