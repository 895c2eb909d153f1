package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.problem.AlarmPace;
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
 * What can only fail is not asked.
 *
 * <p>Not checked here: whether the token fits the grant; that is the next decorator's.
 */
public final class TokenEndpoints implements TokenSource {

    private final Clients clients;
    private final Pauses pauses;
    private final Alarms alarms;
    private final AlarmPace pace;
    private final Suspicions suspicions;
    private final Clock clock;

    /** @param pauses looked at again when a question has got its turn: it may have waited for it */
    public TokenEndpoints(Clients clients, Pauses pauses, Alarms alarms, Clock clock) {
        this.clients = clients;
        this.pauses = pauses;
        this.alarms = alarms;
        this.pace = new AlarmPace(clock);
        this.suspicions = new Suspicions(clock);
        this.clock = clock;
    }

    @Override
    public Mono<AccessToken> token(Grant grant) {
        return Mono.defer(() -> {
            RegisteredClient client = clients.registered(grant.client());
            refuseFutile(grant, client.dialect());
            return client.endpoint(grant.client())
                    .flatMap(uri -> client.post(
                                    uri,
                                    client.dialect().form(grant),
                                    AuthorizationServerHttp.JSON,
                                    () -> refusePaused(grant))
                            .map(answer -> new Asked(grant, client.dialect(), answer)))
                    .onErrorMap(
                            failure -> !(failure instanceof ProblemException),
                            failure -> CertificateAlert.in(failure)
                                    .map(alert -> unproven(
                                            grant, "the server refuses the client's certificate in TLS: " + alert))
                                    .orElseGet(() -> unreachable(grant.client(), failure)))
                    .map(this::read);
        });
    }

    /** A question, and what came back. */
    private record Asked(Grant grant, Dialect dialect, AuthorizationServerHttp.Answer answer) {

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

    private void refusePaused(Grant grant) {
        pauses.whyNot(grant).ifPresent(reason -> {
            throw reason;
        });
    }

    private AccessToken read(Asked asked) {
        if (asked.answer().status() == 401
                && asked.answer().body().isEmpty()
                && asked.dialect().saysNothingToStrangers()) {
            throw unproven(asked.grant(), "status 401 without a body: no proof of the client arrived there");
        }
        TokenAnswer read =
                TokenAnswer.read(asked.answer(), asked.grant().target().recipient(), clock.instant());
        if (read instanceof TokenAnswer.Issued issued) {
            suspicions.clear(asked.grant().client());
            return issued.token();
        }
        if (read instanceof TokenAnswer.Unavailable unavailable) {
            throw waiting(
                    ProblemException.of(
                                    Problem.AUTHORIZATION_SERVER_UNAVAILABLE, "token endpoint: " + unavailable.reason())
                            .knowing(RefusalFacts.of(
                                    asked.grant(), Outcome.UNAVAILABLE, unavailable.refusal(), asked.dialect())),
                    asked.answer());
        }
        if (read instanceof TokenAnswer.Unusable unusable) {
            String reason = asked.client() + "unusable answer of the token endpoint: " + unusable.reason();
            raise(asked.grant(), Problem.ISSUED_TOKEN_REFUSED, "unusable", reason);
            throw ProblemException.of(Problem.ISSUED_TOKEN_REFUSED, reason);
        }
        throw refused(asked, ((TokenAnswer.Refused) read).refusal());
    }

    private ProblemException refused(Asked asked, Refusal refusal) {
        Outcome outcome = asked.dialect().classify(asked.grant(), refusal);
        ProblemException problem = ProblemException.of(outcome.problem(), "")
                .knowing(RefusalFacts.of(asked.grant(), outcome, refusal, asked.dialect()));
        if (outcome.isAlarm()) {
            raise(asked.grant(), outcome.problem(), outcome, problem.reason());
        } else if (outcome == Outcome.SUBJECT_REJECTED && isProbablyAboutTheClient(asked, refusal)) {
            // The callers are told to come with another token all the same: one of them could be the reason.
            raise(asked.grant(), Problem.CLIENT_REFUSED, outcome, problem.reason());
        }
        if (outcome == Outcome.STEP_UP) {
            return ClaimsChallenges.of(asked.grant().client(), refusal)
                    .map(ProblemException.Remedy::claims)
                    .map(problem::needing)
                    .orElse(problem);
        }
        return outcome == Outcome.UNAVAILABLE ? waiting(problem, asked.answer()) : problem;
    }

    private boolean isProbablyAboutTheClient(Asked asked, Refusal refusal) {
        return asked.dialect().mayBeAboutTheClient(refusal)
                && asked.grant()
                        .inNameOf()
                        .filter(onBehalfOf -> suspicions.isShared(
                                asked.grant().client(), onBehalfOf.subject().identity()))
                        .isPresent();
    }

    /** The client's proof was not taken, or none was seen. */
    private ProblemException unproven(Grant grant, String what) {
        String reason = "client=" + grant.client().name() + " token endpoint: " + what;
        raise(grant, Problem.CLIENT_REFUSED, Outcome.OUR_CREDENTIALS, reason);
        return ProblemException.of(Problem.CLIENT_REFUSED, reason);
    }

    private void raise(Grant grant, Problem problem, Object kind, String reason) {
        if (pace.mayRing(problem, grant.client(), grant.target().expectedAudience(), kind)) {
            alarms.raise(problem, reason);
        }
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
