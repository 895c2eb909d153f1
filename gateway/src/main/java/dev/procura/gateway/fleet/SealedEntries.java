package dev.procura.gateway.fleet;

import dev.procura.gateway.cache.CacheKey;
import dev.procura.gateway.cache.CacheProperties;
import dev.procura.gateway.cache.Entry;
import dev.procura.gateway.cache.EntryLife;
import dev.procura.gateway.cache.SharedCredentials;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.IssuedTokens;
import dev.procura.gateway.inbound.Provenance;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.token.AccessToken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Entries as they stand in the shared store, and what is thought of what is found there. Decides; asks no store.
 *
 * <p>Guaranteed: an entry is usable only when it was sealed for this very question, with what stands for this caller, by a
 * replica of this gateway; when its token fits the grant as a fresh answer would have to; when no revocation that is known
 * here fits it, and none was known there that is not known here; and never longer than it was sealed for, nor than this
 * caller's own tokens, nor than this replica's {@code max-life} after it was obtained.
 */
final class SealedEntries {

    /** How far the clocks of two replicas may be apart before it looks like something else. */
    static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    /** What is left of a life has to be worth the writing. */
    private static final Duration MIN_LIFE = Duration.ofSeconds(1);

    private final Seals seals;
    private final CacheProperties.Subject subject;
    private final EntryLife life;
    private final IssuedTokens issuedTokens;
    private final Revocations revocations;

    /** A question with its place in the store. */
    @SuppressWarnings("ArrayRecordComponent") // Bytes for keys and names; nobody compares what was asked.
    record Asked(
            SharedCredentials.Question question,
            byte[] digest,
            byte[] standsForSubject,
            List<String> names,
            String leaseName) {

        /** Of whom nothing shows. */
        @Override
        public String toString() {
            return "Asked[" + question.key().digest() + "]";
        }
    }

    /** What is thought of a value. */
    sealed interface Finding {

        record Usable(Entry entry) implements Finding {}

        /** It has ended, is revoked, or is not what the question is after: nothing is wrong with it. */
        enum Useless implements Finding {
            USELESS
        }

        /** Whoever wrote it knew of a revocation that is not known here. */
        enum Ahead implements Finding {
            AHEAD
        }

        /**
         * It is not what a replica of this gateway would have put there.
         *
         * @param what kind of fault
         * @param reason for the operator
         */
        record Refused(String what, String reason) implements Finding {}
    }

    SealedEntries(Seals seals, CacheProperties properties, IssuedTokens issuedTokens, Revocations revocations) {
        this.seals = seals;
        this.subject = properties.subject();
        this.life = new EntryLife(properties.maxLife(), properties.safetyMargin());
        this.issuedTokens = issuedTokens;
        this.revocations = revocations;
    }

    Asked asked(SharedCredentials.Question question) {
        byte[] digest = question.key().digest().bytes();
        return new Asked(
                question,
                digest,
                standsForSubject(question, digest),
                seals.names(Purpose.CREDENTIAL, digest),
                seals.names(Purpose.LEASE, digest).get(0));
    }

    /** Not in the store, and the same wherever the same question is asked. Without a subject, the question itself. */
    private byte[] standsForSubject(SharedCredentials.Question question, byte[] digest) {
        Optional<Grant.OnBehalfOf> inNameOf = question.grant().inNameOf();
        if (inNameOf.isEmpty()) {
            return digest;
        }
        if (subject == CacheProperties.Subject.TOKEN) {
            return inNameOf.get().subject().token().reveal().getBytes(StandardCharsets.US_ASCII);
        }
        CacheKey key = question.key();
        return key.subject()
                .or(() -> key.first().flatMap(CacheKey::subject))
                .orElseThrow()
                .subject()
                .bytes();
    }

    /** How long a value is worth keeping; empty: it is not to be written at all. */
    Optional<Duration> worth(Entry entry, Instant now) {
        Duration left = Duration.between(now, entry.validUntil());
        return now.isBefore(entry.usableUntil())
                        && left.compareTo(MIN_LIFE) >= 0
                        && !revocations.revokes(entry.origins(), entry.obtainedAt())
                ? Optional.of(left)
                : Optional.empty();
    }

    /** Empty for an entry that has no form outside of this process. */
    Optional<byte[]> seal(Asked asked, Entry entry) {
        return EntryCodec.encode(StoredEntry.of(entry))
                .map(plain -> seals.seal(Purpose.CREDENTIAL, asked.standsForSubject(), asked.digest(), plain));
    }

    Finding judge(Asked asked, byte[] value, Instant now) {
        Optional<byte[]> plain = seals.open(Purpose.CREDENTIAL, asked.standsForSubject(), asked.digest(), value);
        if (plain.isEmpty()) {
            return new Finding.Refused("seal", "it was not sealed for this by any of seal-keys");
        }
        return EntryCodec.decode(plain.get())
                .map(stored -> judge(asked, stored, now))
                .orElseGet(() -> new Finding.Refused("form", "it is sealed well, and cannot be read"));
    }

    private Finding judge(Asked asked, StoredEntry stored, Instant now) {
        if (stored.obtainedAt().isAfter(now.plus(CLOCK_SKEW))) {
            return new Finding.Refused("time", "it was obtained in the future: the clocks of the replicas differ");
        }
        if (!now.isBefore(stored.validUntil())) {
            return now.isBefore(stored.validUntil().plus(CLOCK_SKEW))
                    ? Finding.Useless.USELESS
                    : new Finding.Refused("time", "it has ended and was there all the same: put back, perhaps");
        }
        Grant grant = asked.question().grant();
        IssuedTokens.Held held = issuedTokens.hold(grant, stored.token(), now);
        if (held instanceof IssuedTokens.Held.DoesNotFit unfit) {
            return new Finding.Refused(unfit.what(), "its token does not fit: " + unfit.reason());
        }
        List<Provenance> origins = Entry.origins(grant);
        if (origins.size() != stored.issuedAt().size()) {
            return new Finding.Refused("form", "it was obtained with other tokens than these");
        }
        return judge(asked, entry(grant, ((IssuedTokens.Held.Fits) held).token(), stored, origins, now), now);
    }

    private Finding judge(Asked asked, Entry entry, Instant now) {
        if (entry.generation() > revocations.generation()) {
            return Finding.Ahead.AHEAD;
        }
        return now.isBefore(entry.usableUntil())
                        && !revocations.revokes(entry.origins(), entry.obtainedAt())
                        && asked.question().good().test(entry)
                ? new Finding.Usable(entry)
                : Finding.Useless.USELESS;
    }

    /** Who the subject is, the question knows; when the tokens were issued that it was obtained with, the entry. */
    private Entry entry(Grant grant, AccessToken token, StoredEntry stored, List<Provenance> origins, Instant now) {
        Instant from = earlier(stored.obtainedAt(), now);
        List<Provenance> theirs = new ArrayList<>();
        for (int i = 0; i < origins.size(); i++) {
            theirs.add(origins.get(i).issuedAt(stored.issuedAt().get(i)));
        }
        return new Entry(
                token,
                stored.obtainedAt(),
                earlier(stored.usableUntil(), life.end(grant, token, from)),
                earlier(stored.validUntil(), life.latest(grant, token, from)),
                theirs,
                stored.generation());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
