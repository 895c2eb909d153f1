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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

    public Mono<Permit> admit(AccessRule rule, HttpHeaders headers) {
        return rule instanceof AccessRule.Restricted restricted
                ? Mono.defer(() -> admit(restricted, BearerTokens.caller(headers), () -> BearerTokens.actor(headers)))
                : Mono.just(AccessPolicy.permitAnyone((AccessRule.Open) rule));
    }

    /**
     * The same permit, when there is nothing left to find out about the tokens: null says no more than that {@link #admit} has
     * to be asked, which says what is wrong.
     */
    @Nullable
    Permit atHand(AccessRule rule, HttpHeaders headers) {
        if (!(rule instanceof AccessRule.Restricted restricted)) {
            return AccessPolicy.permitAnyone((AccessRule.Open) rule);
        }
        try {
            Caller.Known caller = authenticator.atHand(BearerTokens.caller(headers));
            if (caller == null) {
                return null;
            }
            Optional<Caller.Known> actor = Optional.empty();
            if (restricted.actor().isPresent()) {
                actor = BearerTokens.actor(headers).map(authenticator::atHand);
                if (actor.isEmpty()) {
                    return null;
                }
            }
            return AccessPolicy.decide(restricted, caller, actor, clock.instant()) instanceof Permit permit
                    ? permit
                    : null;
        } catch (ProblemException refusal) {
            return null;
        }
    }

    /**
     * The caller of a request that was admitted on one route, and the actor that was proven there, on another one. A permit
     * for one route says nothing about another; and the tokens are looked at again, because they may have ended since.
     */
    Mono<Permit> readmit(AccessRule rule, Permit earlier) {
        if (!(rule instanceof AccessRule.Restricted restricted)) {
            return Mono.just(AccessPolicy.permitAnyone((AccessRule.Open) rule));
        }
        if (!(earlier.caller() instanceof Caller.Known known)) {
            return Mono.error(ProblemException.of(
                    Problem.TOKEN_MISSING,
                    "the request came in on a route that is open to anyone and looks at no token"));
        }
        return Mono.defer(
                () -> admit(restricted, known.token(), () -> earlier.actor().map(Caller.Known::token)));
    }

    private Mono<Permit> admit(
            AccessRule.Restricted rule, TokenValue callerToken, Supplier<Optional<TokenValue>> actorToken) {
        Mono<Caller.Known> caller = authenticator.authenticate(callerToken);
        if (rule.actor().isEmpty()) {
            return caller.map(known -> require(AccessPolicy.decide(rule, known, Optional.empty(), clock.instant())));
        }
        return caller.flatMap(known -> actor(actorToken.get())
                .map(actor -> require(AccessPolicy.decide(rule, known, actor, clock.instant()))));
    }

    private Mono<Optional<Caller.Known>> actor(Optional<TokenValue> token) {
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
