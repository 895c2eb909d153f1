package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Grant;

/** Lets tests of other packages have the keys that the cache makes. */
public final class CacheKeys {

    private CacheKeys() {}

    public static CacheKey of(Grant grant, SubjectChoice choice) {
        return CacheKey.of(grant, choice);
    }
}
