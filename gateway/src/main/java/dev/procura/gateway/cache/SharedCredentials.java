package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Grant;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * What the replicas of one gateway know together. It may cost a little time, and can never cost a request: what cannot be
 * read, or is not to be trusted, is not there.
 */
public interface SharedCredentials {

    /** A replica that keeps to itself. */
    SharedCredentials NONE = new SharedCredentials() {
        @Override
        public Mono<Entry> obtain(Question question, Mono<Entry> call) {
            return call;
        }

        @Override
        public Mono<Entry> renew(Question question, Mono<Entry> call) {
            return call;
        }
    };

    /**
     * @param key everything that could change the answer
     * @param grant what is asked for, with the subject token
     * @param good which of the others' entries would do, beside being usable
     */
    record Question(CacheKey key, Grant grant, Predicate<Entry> good) {}

    /**
     * Another replica's entry, or what the call brings, which the others are told; while another replica makes the same call
     * its outcome is waited for, within bounds.
     */
    Mono<Entry> obtain(Question question, Mono<Entry> call);

    /** The same for a renewal, for which nobody waits: empty while another replica makes the same call. */
    Mono<Entry> renew(Question question, Mono<Entry> call);

    /** The authorization server has taken back what it gave: nobody is to find it any more. */
    default Mono<Void> forget(Question question) {
        return Mono.empty();
    }
}
