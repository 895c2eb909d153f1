package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * Asks once more where that is safe and may help: the connection failed, soon, and nothing was answered. A server that has
 * answered, or that was slow, is not asked again; nor is one with an assertion, which counts once and may have been used up
 * (RFC 7523 section 3). Every attempt proves the client anew.
 */
public final class RetryingTokenSource implements TokenSource {

    /** What took longer than this has used up its caller's patience. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);
    private static final Duration JITTER = Duration.ofMillis(100);

    private final TokenSource delegate;
    private final Predicate<Grant> mayRepeat;
    private final Clock clock;
    private final DoubleSupplier random;

    /**
     * @param mayRepeat whether a question may be put again when nobody knows what came of the first
     * @param random numbers from 0 to 1, so that many who fail together don't come again together
     */
    public RetryingTokenSource(TokenSource delegate, Predicate<Grant> mayRepeat, Clock clock, DoubleSupplier random) {
        this.delegate = delegate;
        this.mayRepeat = mayRepeat;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            Instant began = clock.instant();
            return delegate.token(grant)
                    .onErrorResume(
                            failure -> isWorthAnother(grant, failure, began),
                            failure -> Mono.delay(wait(random.getAsDouble())).then(delegate.token(grant)));
        });
    }

    private boolean isWorthAnother(Grant grant, Throwable failure, Instant began) {
        return isConnectionFault(failure)
                && mayRepeat.test(grant)
                && clock.instant().isBefore(began.plus(SOON));
    }

    private static boolean isConnectionFault(Throwable failure) {
        return failure instanceof ProblemException problem
                && problem.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE
                && problem.getCause() instanceof IOException;
    }

    private static Duration wait(double share) {
        return SHORTEST_WAIT.plusMillis((long) (JITTER.toMillis() * share));
    }

    @Override
    public String toString() {
        return "retrying(" + delegate + ")";
    }
}
