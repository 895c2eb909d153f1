package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * Does not ask while asking is known to be of no use: after the server has refused the client's own credentials, and while
 * it has asked for time ({@code Retry-After}). Each client pauses by itself; nothing that a caller can cause pauses one.
 */
public final class PausingTokenSource implements TokenSource {

    /** Long enough to spare the server, short enough that a mended secret works at once. */
    static final Duration AFTER_REFUSED_CREDENTIALS = Duration.ofSeconds(10);

    private record Pause(ProblemException reason, Instant until) {}

    private final TokenSource delegate;
    private final Clock clock;

    /** One entry for each configured client at most. */
    private final Map<Client, Pause> pauses = new ConcurrentHashMap<>();

    public PausingTokenSource(TokenSource delegate, Clock clock) {
        this.delegate = delegate;
        this.clock = clock;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            Pause pause = pauses.get(grant.client());
            if (pause != null) {
                Instant now = clock.instant();
                if (now.isBefore(pause.until())) {
                    return Mono.error(pause.reason().retryAfter(Duration.between(now, pause.until())));
                }
                pauses.remove(grant.client(), pause);
            }
            return delegate.token(grant)
                    .doOnError(ProblemException.class, problem -> consider(grant.client(), problem));
        });
    }

    private void consider(Client client, ProblemException problem) {
        if (problem.problem() == Problem.CLIENT_REFUSED) {
            pause(client, problem, AFTER_REFUSED_CREDENTIALS);
        } else if (problem.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE) {
            problem.retryAfter().ifPresent(delay -> pause(client, problem, delay));
        }
    }

    private void pause(Client client, ProblemException reason, Duration delay) {
        pauses.merge(
                client,
                new Pause(reason, clock.instant().plus(delay)),
                (earlier, later) -> earlier.until().isAfter(later.until()) ? earlier : later);
    }

    @Override
    public String toString() {
        return "pausing(" + delegate + ")";
    }
}
