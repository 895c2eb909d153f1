package dev.procura.gateway.route;

import dev.procura.gateway.credential.Credentials;
import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.policy.Permit;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.problem.Prose;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Sees to it that a tier's 401 about a credential that the gateway obtained is the gateway's affair: a fresh credential, once,
 * where the request can be sent again; else a problem of the gateway. Only a challenge that the caller can meet passes, see
 * {@link TierRefusal}. For a caller who was revoked meanwhile nothing is sent again. Every other status passes as it is, and so does every answer to the caller's own token, or to none.
 */
public final class TierRefusals {

    private final Credentials credentials;
    private final ProtectedResources resources;
    private final RefusalAlarms alarms;

    public TierRefusals(Credentials credentials, ProtectedResources resources, RefusalAlarms alarms) {
        this.credentials = credentials;
        this.resources = resources;
        this.alarms = alarms;
    }

    /** A request that has its credential and is about to be routed. */
    record Attempt(ProcuraRoute route, Permit permit, OutboundCredential.Bearer credential, GatewayFilterChain chain) {

        boolean namesCaller() {
            return Credentials.namesCaller(route.plan(), permit);
        }

        Attempt with(OutboundCredential.Bearer fresh) {
            return new Attempt(route, permit, fresh, chain);
        }
    }

    /** Routes the request; ends before anything of the answer has been written. */
    Mono<Void> route(ServerWebExchange exchange, Attempt attempt) {
        Mono<Void> routed = attempt.chain().filter(exchange);
        return Credentials.isObtained(attempt.route().plan())
                ? routed.then(Mono.defer(() -> afterFirst(exchange, attempt)))
                : routed;
    }

    private Mono<Void> afterFirst(ServerWebExchange exchange, Attempt attempt) {
        HttpClientResponse answer = TierAnswer.refused(exchange);
        if (answer == null) {
            return Mono.empty();
        }
        List<Challenge> challenges = challenges(answer);
        if (TierRefusal.of(challenges, attempt.namesCaller()) instanceof TierRefusal.CallersTurn callersTurn) {
            return tellCaller(exchange, attempt, answer, callersTurn);
        }
        TierAnswer.discard(exchange, answer);
        if (RequestState.isRefused(exchange)) {
            return Mono.error(LiveRequest.refusal());
        }
        Optional<Mono<OutboundCredential>> fresh = forget(attempt, Optional.empty());
        if (fresh.isEmpty()) {
            return Mono.error(refusedForGood(attempt, challenges, "another one was obtained less than 10 s ago"));
        }
        if (!Replay.isPossible(exchange)) {
            return Mono.error(
                    refused(challenges, "the request cannot be sent again, the next one gets a fresh credential"));
        }
        return fresh.get()
                .cast(OutboundCredential.Bearer.class)
                .singleOptional()
                .flatMap(credential -> credential.isPresent()
                        ? again(exchange, attempt.with(credential.get()))
                        : Mono.error(refusedForGood(attempt, challenges, "the authorization server has no other one")));
    }

    /** Past the routing filter and the outbound headers once more; the route's own filters have done their work. */
    private Mono<Void> again(ServerWebExchange exchange, Attempt attempt) {
        // Once more, after the authorization server has taken its time.
        if (RequestState.isRefused(exchange)) {
            return Mono.error(LiveRequest.refusal());
        }
        RequestState.provided(exchange, attempt.credential());
        return attempt.chain().filter(Replay.of(exchange)).then(Mono.defer(() -> afterSecond(exchange, attempt)));
    }

    private Mono<Void> afterSecond(ServerWebExchange exchange, Attempt attempt) {
        HttpClientResponse answer = TierAnswer.refused(exchange);
        if (answer == null) {
            return Mono.empty();
        }
        List<Challenge> challenges = challenges(answer);
        if (TierRefusal.of(challenges, attempt.namesCaller()) instanceof TierRefusal.CallersTurn callersTurn) {
            return tellCaller(exchange, attempt, answer, callersTurn);
        }
        TierAnswer.discard(exchange, answer);
        return Mono.error(refusedForGood(attempt, challenges, "a fresh one as well"));
    }

    /** The tier's answer passes; of its challenges, those that the caller can meet, pointing at the gateway's document. */
    private Mono<Void> tellCaller(
            ServerWebExchange exchange,
            Attempt attempt,
            HttpClientResponse answer,
            TierRefusal.CallersTurn callersTurn) {
        Optional<Mono<OutboundCredential>> unusedFresh = forget(attempt, callersTurn.claims());
        Optional<String> metadata = resources.metadataUri(TierAnswer.requestedPath(exchange));
        TierAnswer.takeBack(exchange, answer, HttpHeaders.WWW_AUTHENTICATE);
        callersTurn
                .challenges()
                .forEach(challenge -> exchange.getResponse()
                        .getHeaders()
                        .add(
                                HttpHeaders.WWW_AUTHENTICATE,
                                challenge.with("resource_metadata", metadata).header()));
        return Mono.empty();
    }

    private Optional<Mono<OutboundCredential>> forget(Attempt attempt, Optional<String> claims) {
        return credentials.afterRefusal(attempt.route().plan(), attempt.permit(), attempt.credential(), claims);
    }

    private static List<Challenge> challenges(HttpClientResponse answer) {
        return ChallengeParser.parse(answer.responseHeaders().getAll(HttpHeaders.WWW_AUTHENTICATE));
    }

    /** A fresh credential has not helped, or would not: somebody has to look. */
    private ProblemException refusedForGood(Attempt attempt, List<Challenge> challenges, String why) {
        ProblemException failure = refused(challenges, why);
        alarms.refused(
                attempt.route(),
                attempt.namesCaller() ? Optional.of(attempt.permit().caller()) : Optional.empty(),
                failure.reason());
        return failure;
    }

    private static ProblemException refused(List<Challenge> challenges, String why) {
        return ProblemException.of(
                Problem.TIER_REFUSED_CREDENTIAL,
                "the tier answers 401 to the gateway's credential; " + why
                        + " (credential.audience, and whose tokens the tier takes)" + words(challenges));
    }

    /** What the tier said of it, cut and cleaned. */
    private static String words(List<Challenge> challenges) {
        return challenges.stream()
                .filter(Challenge::isBearer)
                .findFirst()
                .map(challenge -> " error=" + word(challenge.parameter("error").orElse(null)) + " description="
                        + word(challenge.parameter("error_description").orElse(null)))
                .orElse("");
    }

    private static String word(@Nullable String text) {
        return text == null ? "" : "\"" + Prose.forLog(text).replace('"', '\'') + "\"";
    }
}
