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
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/**
 * Asks the token endpoint of a grant's client, and turns every answer into a token or one of the {@link Outcome} classes.
 * What can only fail is not asked.
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
            refuseFutile(grant, client.dialect());
            return client.endpoint(grant.client())
                    .flatMap(uri -> client.post(uri, client.dialect().form(grant), AuthorizationServerHttp.JSON)
                            .map(answer -> new Asked(grant, client.dialect(), uri, answer)))
                    .onErrorMap(
                            failure -> !(failure instanceof ProblemException),
                            failure -> unreachable(grant.client(), failure))
                    .map(this::read);
        });
    }

    /** A question, and what came back. */
    private record Asked(Grant grant, Dialect dialect, URI endpoint, AuthorizationServerHttp.Answer answer) {

        String client() {
            return "client=" + grant.client().name() + " ";
        }
    }

    private static void refuseFutile(Grant grant, Dialect dialect) {
        if (grant instanceof Grant.OnBehalfOf onBehalfOf) {
            dialect.whyFutile(onBehalfOf).ifPresent(why -> {
                throw ProblemException.of(
                        Problem.CALLER_CANNOT_BE_ACTED_FOR,
                        "client=" + grant.client().name() + " not asked: " + why);
            });
        }
    }

    private AccessToken read(Asked asked) {
        TokenAnswer read =
                TokenAnswer.read(asked.answer(), asked.grant().target().recipient(), clock.instant());
        if (read instanceof TokenAnswer.Issued issued) {
            return issued.token();
        }
        if (read instanceof TokenAnswer.Unavailable unavailable) {
            throw waiting(
                    ProblemException.of(
                            Problem.AUTHORIZATION_SERVER_UNAVAILABLE,
                            asked.client() + "token endpoint: " + unavailable.reason()),
                    asked.answer());
        }
        if (read instanceof TokenAnswer.Unusable unusable) {
            String reason = asked.client() + "unusable answer of the token endpoint: " + unusable.reason();
            alarms.raise(Problem.ISSUED_TOKEN_REFUSED, reason);
            throw ProblemException.of(Problem.ISSUED_TOKEN_REFUSED, reason);
        }
        throw refused(asked, ((TokenAnswer.Refused) read).refusal());
    }

    private ProblemException refused(Asked asked, Refusal refusal) {
        Outcome outcome = asked.dialect().classify(asked.grant(), refusal);
        ProblemException problem = ProblemException.of(outcome.problem(), "")
                .knowing(RefusalFacts.of(asked.grant(), outcome, refusal, asked.dialect()));
        if (outcome.isAlarm()) {
            alarms.raise(outcome.problem(), problem.reason());
        }
        if (outcome == Outcome.STEP_UP) {
            return ClaimsChallenges.of(asked.dialect(), asked.endpoint(), refusal)
                    .map(ProblemException.Remedy::claims)
                    .map(problem::needing)
                    .orElse(problem);
        }
        return outcome == Outcome.UNAVAILABLE ? waiting(problem, asked.answer()) : problem;
    }

    private ProblemException waiting(ProblemException problem, AuthorizationServerHttp.Answer answer) {
        return answer.retryAfter()
                .flatMap(text -> RetryAfter.parse(text, clock.instant()))
                .map(problem::retryAfter)
                .orElse(problem);
    }

    /** The cause stays: whether the server was reached decides what can be tried again. */
    private static ProblemException unreachable(Client client, Throwable failure) {
        String what = failure instanceof TimeoutException
                ? "no answer of the token endpoint in time (procura.clients." + client.name() + ".timeout)"
                : "token endpoint cannot be asked: " + Prose.forLog(String.valueOf(failure));
        return ProblemException.of(Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "client=" + client.name() + " " + what)
                .causedBy(failure);
    }
}
