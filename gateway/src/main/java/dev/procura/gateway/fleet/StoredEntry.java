package dev.procura.gateway.fleet;

import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.inbound.Provenance;
import dev.procura.gateway.token.AccessToken;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an {@link Entry} is in the store: all but what whoever reads it knows already, because only the same question leads
 * to it.
 *
 * @param issuedAt the {@code iat} of each token that it was obtained with, in the order of {@link Entry#origins}
 */
record StoredEntry(
        AccessToken token,
        Instant obtainedAt,
        Instant usableUntil,
        Instant validUntil,
        long generation,
        List<Optional<Instant>> issuedAt) {

    StoredEntry {
        issuedAt = List.copyOf(issuedAt);
    }

    static StoredEntry of(Entry entry) {
        return new StoredEntry(
                entry.token(),
                entry.obtainedAt(),
                entry.usableUntil(),
                entry.validUntil(),
                entry.generation(),
                entry.origins().stream().map(Provenance::issuedAt).toList());
    }
}
