package dev.procura.gateway.route;

import dev.procura.gateway.inbound.Authenticator;
import dev.procura.gateway.inbound.BearerTokens;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.policy.AccessPolicy;
import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.policy.Decision;
import dev.procura.gateway.policy.Denial;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/** From the headers of a request to a permit for its route, or to the problem that ends it. */
public final class Admission {

    private final Authenticator authenticator;
    private final Clock clock;

    public Admission(Authenticator authenticator, Clock clock) {
        this.authenticator = authenticator;
        this.clock = clock;
    }

    Mono<Permit> admit(AccessRule rule, HttpHeaders headers) {
        return rule instanceof AccessRule.Restricted restricted
                ? Mono.defer(() -> admit(restricted, headers))
                : Mono.just(AccessPolicy.permitAnyone((AccessRule.Open) rule));
    }

    private Mono<Permit> admit(AccessRule.Restricted rule, HttpHeaders headers) {
        Mono<Caller.Known> caller = authenticator.authenticate(BearerTokens.caller(headers));
        if (rule.actor().isEmpty()) {
            return caller.map(known -> require(AccessPolicy.decide(rule, known, Optional.empty(), clock.instant())));
        }
        return caller.flatMap(known ->
                actor(headers).map(actor -> require(AccessPolicy.decide(rule, known, actor, clock.instant()))));
    }

    private Mono<Optional<Caller.Known>> actor(HttpHeaders headers) {
        Optional<TokenValue> token = BearerTokens.actor(headers);
        return token.isEmpty()
                ? Mono.just(Optional.empty())
                : authenticator
                        .authenticate(token.get())
                        .map(Optional::of)
                        .onErrorMap(ProblemException.class, Admission::aboutActor);
    }

    /** Whatever is wrong with the second token must not look like a fault of the first. */
    private static ProblemException aboutActor(ProblemException failure) {
        return failure.problem().status() == 401
                ? ProblemException.of(
                        Problem.ACTOR_TOKEN_INVALID, failure.problem().code() + ": " + failure.reason())
                : failure;
    }

    private static Permit require(Decision decision) {
        if (decision instanceof Permit permit) {
            return permit;
        }
        throw ((Denial) decision).toException();
    }
}
