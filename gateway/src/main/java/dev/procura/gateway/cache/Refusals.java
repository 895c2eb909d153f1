package dev.procura.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.CacheBounds;
import dev.procura.gateway.token.Fingerprint;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an authorization server has refused to give for a subject, remembered for a short time, so that a caller who comes
 * again at once costs it nothing.
 *
 * <p>By the whole key and the very token, whatever stands for the subject elsewhere: a refusal says something of this token
 * alone. Only validated callers have grants, so nobody else can fill it. A server that did not answer has refused nothing,
 * and a client whose own credentials are refused is no matter of the subject's.
 */
final class Refusals {

    private static final Set<Problem> ABOUT_THE_SUBJECT = EnumSet.of(
            Problem.SUBJECT_REJECTED,
            Problem.STEP_UP_REQUIRED,
            Problem.CONSENT_REQUIRED,
            Problem.TARGET_DENIED,
            Problem.CALLER_CANNOT_BE_ACTED_FOR,
            Problem.TOKEN_REQUEST_REFUSED,
            Problem.ISSUED_TOKEN_REFUSED);

    private record Key(CacheKey key, List<Fingerprint> tokens) {

        /** The token's digest spreads well enough. */
        @Override
        public int hashCode() {
            return 31 * tokens.hashCode() + key.hashCode();
        }
    }

    private final Duration life;
    private final Cache<Key, ProblemException> refused;

    Refusals(Duration life, CacheBounds bounds, Clock clock) {
        this.life = life;
        this.refused = Caffeine.newBuilder()
                .maximumWeight(bounds.maxBytes())
                .weigher((Key key, ProblemException refusal) ->
                        bounds.weigh(1_500L + refusal.reason().length()))
                .expireAfterWrite(life)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    @Nullable
    ProblemException get(CacheKey key, Grant grant) {
        return grant.inNameOf().isPresent() ? refused.getIfPresent(keyOf(key, grant)) : null;
    }

    void remember(CacheKey key, Grant grant, ProblemException refusal) {
        if (!life.isZero() && grant.inNameOf().isPresent() && isAboutTheSubject(refusal)) {
            refused.put(keyOf(key, grant), refusal);
        }
    }

    private static Key keyOf(CacheKey key, Grant grant) {
        return new Key(key, tokens(grant));
    }

    /** The very tokens that the server was shown: the subject's, and the calling API's where there is one. */
    static List<Fingerprint> tokens(Grant grant) {
        List<Fingerprint> tokens = new ArrayList<>(2);
        grant.inNameOf().ifPresent(onBehalfOf -> {
            tokens.add(onBehalfOf.subject().token().fingerprint());
            if (onBehalfOf.actor().orElse(null) instanceof Actor.CallingApi api) {
                tokens.add(api.caller().token().fingerprint());
            }
        });
        return tokens;
    }

    static boolean isAboutTheSubject(ProblemException refusal) {
        return ABOUT_THE_SUBJECT.contains(refusal.problem());
    }
}
