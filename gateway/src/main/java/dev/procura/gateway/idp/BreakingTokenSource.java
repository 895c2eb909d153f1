package dev.procura.gateway.idp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * A circuit breaker for each client and token endpoint, so that a server that is down costs its callers no time, and is not
 * hit by all of them when it comes back. Opened by faults of the server alone: what it refuses, it has answered. Where a
 * caller could be the reason (a 500 for one odd token), several have to meet the fault.
 */
public final class BreakingTokenSource implements TokenSource {

    private static final Logger log = LoggerFactory.getLogger(BreakingTokenSource.class);

    /** Endpoints of the tenants of clients; a configuration has a handful of clients. */
    private static final int MAX_CIRCUITS = 10_000;

    private final TokenSource delegate;
    private final Clock clock;
    private final DoubleSupplier random;
    private final Cache<Client, Circuit> circuits =
            Caffeine.newBuilder().maximumSize(MAX_CIRCUITS).build();

    /** @param random numbers from 0 to 1, so that gateways that failed together don't come again together */
    public BreakingTokenSource(TokenSource delegate, Clock clock, DoubleSupplier random) {
        this.delegate = delegate;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            Circuit circuit = circuits.get(grant.client(), client -> new Circuit(random));
            Circuit.Question question = question(grant);
            Optional<Duration> wait = circuit.enter(question, clock.instant());
            if (wait.isPresent()) {
                return Mono.error(open(grant.client(), wait.get()));
            }
            // Whatever comes of it has to be told, or nobody would ever ask again: what is thrown at once, too.
            return Mono.defer(() -> delegate.token(grant))
                    .doOnSuccess(token -> answered(grant.client(), circuit))
                    .doOnError(failure -> failed(grant, circuit, question, failure))
                    .doOnCancel(() -> circuit.leave(question));
        });
    }

    private static void answered(Client client, Circuit circuit) {
        if (circuit.answered()) {
            log.info("client={} the token endpoint answers again", client.name());
        }
    }

    private void failed(Grant grant, Circuit circuit, Circuit.Question question, Throwable failure) {
        if (!(failure instanceof ProblemException problem)
                || problem.problem() == Problem.CALLER_CANNOT_BE_ACTED_FOR
                || problem.getCause() instanceof AuthorizationServerHttp.Busy
                || problem.retryAfter().isPresent()) {
            // Not asked, broken on our side, or a pause that the server has named.
            circuit.leave(question);
        } else if (problem.problem() != Problem.AUTHORIZATION_SERVER_UNAVAILABLE) {
            answered(grant.client(), circuit);
        } else if (circuit.failed(question, !isUnreachable(problem.getCause()), clock.instant())) {
            log.warn(
                    "client={} the token endpoint does not answer: it is left alone for a moment, then asked by one at a"
                            + " time. Last: {}",
                    grant.client().name(),
                    problem.reason());
        }
    }

    private static Circuit.Question question(Grant grant) {
        return grant.inNameOf()
                .map(onBehalfOf -> Circuit.Question.of(onBehalfOf.subject().identity()))
                .orElseGet(() -> Circuit.Question.ofTheGateway(grant.target()));
    }

    /** What was sent can make a server hang up, but not unreachable. */
    private static boolean isUnreachable(@Nullable Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException
                || cause instanceof SSLException;
    }

    private static ProblemException open(Client client, Duration wait) {
        return ProblemException.of(
                        Problem.AUTHORIZATION_SERVER_UNAVAILABLE,
                        "client=" + client.name() + " not asked: the token endpoint has failed too often in a row")
                .retryAfter(wait);
    }

    @Override
    public String toString() {
        return "breaking(" + delegate + ")";
    }
}
