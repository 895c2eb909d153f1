package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.problem.Prose;
import dev.procura.gateway.token.AccessToken;
import java.time.Clock;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/**
 * Asks the token endpoint of a grant's client, and turns every answer into a token or one of the {@link Outcome} classes.
 *
 * <p>Not checked here: whether the token fits the grant; that is the next decorator's.
 */
public final class TokenEndpoints implements TokenSource {

    private final Clients clients;
    private final Alarms alarms;
    private final Clock clock;

    public TokenEndpoints(Clients clients, Alarms alarms, Clock clock) {
        this.clients = clients;
        this.alarms = alarms;
        this.clock = clock;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            RegisteredClient client = clients.registered(grant.client());
            return client.post(client.dialect().form(grant))
                    .onErrorMap(failure -> unreachable(grant.client(), failure))
                    .map(answer -> read(grant, client, answer));
        });
    }

    private AccessToken read(Grant grant, RegisteredClient client, AuthorizationServerHttp.Answer answer) {
        TokenAnswer read = TokenAnswer.read(answer, clock.instant());
        if (read instanceof TokenAnswer.Issued issued) {
            return issued.token();
        }
        String where = "client=" + grant.client().name() + " ";
        if (read instanceof TokenAnswer.Unavailable unavailable) {
            throw unavailable(where + "token endpoint: " + unavailable.reason(), answer);
        }
        if (read instanceof TokenAnswer.Unusable unusable) {
            String reason = where + "unusable answer of the token endpoint: " + unusable.reason();
            alarms.raise(Problem.ISSUED_TOKEN_REFUSED, reason);
            throw ProblemException.of(Problem.ISSUED_TOKEN_REFUSED, reason);
        }
        throw refused(grant, client, ((TokenAnswer.Refused) read).refusal(), answer);
    }

    private ProblemException refused(
            Grant grant, RegisteredClient client, Refusal refusal, AuthorizationServerHttp.Answer answer) {
        Outcome outcome = client.dialect().classify(grant, refusal);
        String reason = "client=%s audience=%s class=%s status=%d error=%s description=%s"
                .formatted(
                        grant.client().name(),
                        grant.target().expectedAudience(),
                        outcome,
                        refusal.status(),
                        Prose.forLog(refusal.error()),
                        Prose.forLog(refusal.description()));
        if (outcome.isAlarm()) {
            alarms.raise(outcome.problem(), reason);
        }
        return outcome == Outcome.UNAVAILABLE
                ? unavailable(reason, answer)
                : ProblemException.of(outcome.problem(), reason);
    }

    private ProblemException unavailable(String reason, AuthorizationServerHttp.Answer answer) {
        ProblemException problem = ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, reason);
        return answer.retryAfter()
                .flatMap(text -> RetryAfter.parse(text, clock.instant()))
                .map(problem::retryAfter)
                .orElse(problem);
    }

    private static ProblemException unreachable(Client client, Throwable failure) {
        String what = failure instanceof TimeoutException
                ? "no answer of the token endpoint in time (procura.clients." + client.name() + ".timeout)"
                : "token endpoint cannot be asked: " + Prose.forLog(String.valueOf(failure));
        return ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "client=" + client.name() + " " + what);
    }
}
