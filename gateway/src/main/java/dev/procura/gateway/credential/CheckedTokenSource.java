package dev.procura.gateway.credential;

import dev.procura.gateway.problem.AlarmPace;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import java.time.Clock;
import reactor.core.publisher.Mono;

/** Lets a token through only when it fits the grant, see {@link IssuedToken}. Stands below the cache. */
public final class CheckedTokenSource implements TokenSource {

    private final TokenSource delegate;
    private final Alarms alarms;
    private final AlarmPace pace;
    private final int maxActors;
    private final Clock clock;

    /** @param maxActors how long the chain of actors in an issued token may be */
    public CheckedTokenSource(TokenSource delegate, Alarms alarms, int maxActors, Clock clock) {
        this.delegate = delegate;
        this.maxActors = maxActors;
        this.alarms = alarms;
        this.pace = new AlarmPace(clock);
        this.clock = clock;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return delegate.token(grant).map(token -> check(grant, token));
    }

    private AccessToken check(Grant grant, AccessToken token) {
        IssuedToken.Verdict verdict = IssuedToken.judge(grant, token, maxActors, clock.instant());
        if (verdict instanceof IssuedToken.Verdict.Fits fits) {
            return fits.token();
        }
        String client = "client=" + grant.client().name() + " audience="
                + grant.target().expectedAudience();
        if (verdict instanceof IssuedToken.Verdict.GrantsLess less) {
            throw ProblemException.of(Problem.TARGET_DENIED, client + " the server did not grant: " + less.missing());
        }
        if (verdict instanceof IssuedToken.Verdict.TooManyActors chain) {
            // The caller came with as many as there may be: no fault of the server, and nothing to wake anybody for.
            throw ProblemException.of(Problem.CALLER_CANNOT_BE_ACTED_FOR, client + " " + chain.reason());
        }
        IssuedToken.Verdict.DoesNotFit refused = (IssuedToken.Verdict.DoesNotFit) verdict;
        String reason = client + " issued token refused: " + refused.reason();
        if (pace.mayRing(
                Problem.ISSUED_TOKEN_REFUSED, grant.client(), grant.target().expectedAudience(), refused.claim())) {
            alarms.raise(Problem.ISSUED_TOKEN_REFUSED, reason);
        }
        throw ProblemException.of(Problem.ISSUED_TOKEN_REFUSED, reason);
    }

    @Override
    public String toString() {
        return "checked(" + delegate + ")";
    }
}
