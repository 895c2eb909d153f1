package dev.procura.gateway.idp;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Does not ask while asking is known to be of no use: after the server has refused the client's own credentials, and while
 * it has asked for time ({@code Retry-After}). Each client pauses by itself. A server may limit one user only, so the first
 * one that is sent away waits alone; the client pauses when a second one is, or when it asked in its own name. Nothing else
 * that a caller can cause pauses one.
 */
public final class PausingTokenSource implements TokenSource {

    /** Long enough to spare the server, short enough that a mended secret works at once. */
    static final Duration AFTER_REFUSED_CREDENTIALS = Duration.ofSeconds(10);

    private static final int MAX_PAUSES = 10_000;

    private record Pause(ProblemException reason, Instant until) {

        boolean lasts(Instant now) {
            return now.isBefore(until);
        }

        static Pause longer(Pause one, Pause other) {
            return one.until.isAfter(other.until) ? one : other;
        }
    }

    private record SentAway(Identity subject, Pause pause) {}

    private final TokenSource delegate;
    private final Clock clock;

    // One entry for each configured client, or for each tenant where a client has many.
    private final Map<Client, Pause> pauses = bounded();
    private final Map<Client, SentAway> sentAway = bounded();

    public PausingTokenSource(TokenSource delegate, Clock clock) {
        this.delegate = delegate;
        this.clock = clock;
    }

    private static <V> Map<Client, V> bounded() {
        return Caffeine.newBuilder().maximumSize(MAX_PAUSES).<Client, V>build().asMap();
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            Instant now = clock.instant();
            Pause pause = pauseFor(grant, now);
            return pause == null
                    ? delegate.token(grant).doOnError(ProblemException.class, problem -> consider(grant, problem))
                    : Mono.error(pause.reason().retryAfter(Duration.between(now, pause.until())));
        });
    }

    private @Nullable Pause pauseFor(Grant grant, Instant now) {
        Pause pause = pauses.get(grant.client());
        if (pause != null && pause.lasts(now)) {
            return pause;
        }
        SentAway away = sentAway.get(grant.client());
        if (away != null && away.pause().lasts(now) && subject(grant).equals(Optional.of(away.subject()))) {
            return away.pause();
        }
        return null;
    }

    private void consider(Grant grant, ProblemException problem) {
        if (problem.problem() == Problem.CLIENT_REFUSED) {
            pause(grant.client(), new Pause(problem, clock.instant().plus(AFTER_REFUSED_CREDENTIALS)));
        } else if (problem.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE) {
            problem.retryAfter()
                    .ifPresent(delay ->
                            sendAway(grant, new Pause(problem, clock.instant().plus(delay))));
        }
    }

    private void sendAway(Grant grant, Pause pause) {
        Optional<Identity> subject = subject(grant);
        if (subject.isEmpty()) {
            pause(grant.client(), pause);
            return;
        }
        sentAway.merge(grant.client(), new SentAway(subject.get(), pause), (earlier, later) -> {
            if (earlier.subject().equals(later.subject())) {
                return new SentAway(later.subject(), Pause.longer(earlier.pause(), later.pause()));
            }
            if (earlier.pause().lasts(clock.instant())) {
                pause(grant.client(), later.pause());
            }
            return later;
        });
    }

    private void pause(Client client, Pause pause) {
        pauses.merge(client, pause, Pause::longer);
    }

    private static Optional<Identity> subject(Grant grant) {
        return grant.inNameOf().map(onBehalfOf -> onBehalfOf.subject().identity());
    }

    @Override
    public String toString() {
        return "pausing(" + delegate + ")";
    }
}
