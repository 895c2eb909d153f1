package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import reactor.core.publisher.Mono;

/**
 * Counts and times what is asked of authorization servers, in {@code procura.token.requests{client,outcome}}: outcome is
 * {@code ok} or a problem's code. Stands below the cache, so a hit is not counted.
 */
public final class ObservedTokenSource implements TokenSource {

    public static final String TIMER = "procura.token.requests";

    private final TokenSource delegate;
    private final MeterRegistry meters;

    public ObservedTokenSource(TokenSource delegate, MeterRegistry meters) {
        this.delegate = delegate;
        this.meters = meters;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            Timer.Sample sample = Timer.start(meters);
            return delegate.token(grant)
                    .doOnSuccess(token -> stop(sample, grant, "ok"))
                    .doOnError(failure -> stop(sample, grant, outcome(failure)));
        });
    }

    private void stop(Timer.Sample sample, Grant grant, String outcome) {
        sample.stop(meters.timer(TIMER, "client", grant.client().name(), "outcome", outcome));
    }

    private static String outcome(Throwable failure) {
        return failure instanceof ProblemException problem ? problem.problem().code() : "internal_error";
    }

    @Override
    public String toString() {
        return "observed(" + delegate + ")";
    }
}
