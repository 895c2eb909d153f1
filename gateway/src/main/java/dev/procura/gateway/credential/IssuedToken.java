package dev.procura.gateway.credential;

import com.nimbusds.jose.util.Base64URL;
import dev.procura.gateway.inbound.ActorChain;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.inbound.Json;
import dev.procura.gateway.problem.Prose;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Holds an issued token against what was asked for: the answer of an authorization server is trusted as little as a
 * caller's question. Pure.
 *
 * <p>Of a token that can be read (a JWT): issuer, audience, subject, times, scopes, {@code act} kept and bounded, no {@code
 * cnf} that could not be proven to the tier. Of an opaque one: the answer's scopes and end. Of both: that it is no token
 * that the caller sent. Not checked: the signature, which is the tier's to check; the token came straight from the server.
 */
final class IssuedToken {

    /** How far the authorization server's clock may be ahead of ours. */
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private IssuedToken() {}

    /** What came of holding a token against its grant. */
    sealed interface Verdict {

        /** @param token with its end corrected to the earlier of the answer's and the token's own */
        record Fits(AccessToken token) implements Verdict {}

        /** The server gave less than was asked, because this user may have no more. */
        record GrantsLess(Scopes missing) implements Verdict {}

        /** The caller's own chain is as long as it may be, and the server has added who acts now. */
        record TooManyActors(String reason) implements Verdict {}

        /** @param reason for the operator; begins with the claim that is wrong, or with "it" for the whole token */
        record DoesNotFit(String reason) implements Verdict {

            String claim() {
                return reason.substring(0, reason.indexOf(' '));
            }
        }
    }

    /** @param maxActors how long the chain of actors in it may be */
    static Verdict judge(Grant grant, AccessToken token, int maxActors, Instant now) {
        Verdict verdict = hold(grant, token, maxActors, now);
        if (verdict instanceof Verdict.DoesNotFit refused && isFullChain(grant, maxActors)) {
            boolean nothingElse = !(hold(grant, token, maxActors + 1, now) instanceof Verdict.DoesNotFit);
            return nothingElse ? new Verdict.TooManyActors(refused.reason()) : verdict;
        }
        return verdict;
    }

    private static Verdict hold(Grant grant, AccessToken token, int maxActors, Instant now) {
        if (isOneOfTheirs(grant, token)) {
            return new Verdict.DoesNotFit("it is a token that the caller sent, or that we did");
        }
        Optional<Claims> readable = Optional.empty();
        try {
            readable = read(token.value().reveal());
        } catch (ParseException e) {
            return new Verdict.DoesNotFit("it looks like a JWT, and is unsigned or cannot be read");
        }
        if (readable.isEmpty() && grant.target().recipient() == Target.Recipient.AUTHORIZATION_SERVER) {
            return new Verdict.DoesNotFit("it is no JWT, so it cannot be the assertion of the next step");
        }
        Optional<String> fault = readable.flatMap(claims -> fault(grant, claims, maxActors, now));
        if (fault.isPresent()) {
            return new Verdict.DoesNotFit(fault.get());
        }
        AccessToken ending = readable.flatMap(claims -> claims.instant("exp"))
                .filter(end -> token.expiresAt().map(end::isBefore).orElse(true))
                .map(token::endingAt)
                .orElse(token);
        if (ending.isExpired(now)) {
            return new Verdict.DoesNotFit("it has expired already");
        }
        Verdict verdict = judgeScopes(grant, ending, readable.flatMap(IssuedToken::scopesOf));
        if (verdict instanceof Verdict.GrantsLess && grant instanceof Grant.Assertion) {
            // An assertion is asked with by scope alone: the audience is missing because its scope is.
            return verdict;
        }
        return readable.flatMap(claims -> audienceFault(grant, claims))
                .<Verdict>map(Verdict.DoesNotFit::new)
                .orElse(verdict);
    }

    private static Optional<String> audienceFault(Grant grant, Claims claims) {
        String expected = grant.target().expectedAudience();
        return claims.strings("aud").contains(expected)
                ? Optional.empty()
                : Optional.of("aud does not hold " + expected);
    }

    private static boolean isFullChain(Grant grant, int maxActors) {
        return grant.inNameOf()
                .flatMap(onBehalfOf -> onBehalfOf.subject().actors())
                .filter(chain -> chain.actors().size() == maxActors)
                .isPresent();
    }

    private static boolean isOneOfTheirs(Grant grant, AccessToken token) {
        boolean assertion =
                grant instanceof Grant.Assertion second && token.value().equals(second.assertion());
        return assertion
                || grant.inNameOf()
                        .map(onBehalfOf ->
                                token.value().equals(onBehalfOf.subject().token())
                                        || onBehalfOf
                                                .actor()
                                                .map(actor -> isActorToken(actor, token))
                                                .orElse(false))
                        .orElse(false);
    }

    private static boolean isActorToken(Actor actor, AccessToken token) {
        if (actor instanceof Actor.CallingApi api) {
            return token.value().equals(api.caller().token());
        }
        return actor instanceof Actor.ProvenGateway gateway && token.value().equals(gateway.token());
    }

    /**
     * The claims of a JWT; empty for an opaque or an encrypted token. What is built like a JWT (three parts, the first a
     * JSON object) is judged as one: a tier may read what a stricter reader would not.
     */
    private static Optional<Claims> read(String token) throws ParseException {
        String[] parts = token.split("\\.", -1);
        String header = new Base64URL(parts[0]).decodeToString();
        if (parts.length != 3 || !header.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        if (Json.object(header)
                        .string("alg")
                        .filter(alg -> !alg.equalsIgnoreCase("none"))
                        .isEmpty()
                || parts[2].isEmpty()) {
            throw new ParseException("unsigned", 0);
        }
        return Optional.of(Json.object(new Base64URL(parts[1]).decodeToString()));
    }

    private static Optional<String> fault(Grant grant, Claims claims, int maxActors, Instant now) {
        for (String time : List.of("exp", "nbf")) {
            if (claims.has(time) && claims.instant(time).isEmpty()) {
                return Optional.of(time + " is not a time");
            }
        }
        Client client = grant.client();
        if (!client.issuers().isEmpty()
                && claims.string("iss").filter(client.issuers()::contains).isEmpty()) {
            return Optional.of("iss is not the issuer of the client");
        }
        if (claims.has("cnf")) {
            return Optional.of("it is bound to a key (cnf) that cannot be proven to the tier");
        }
        if (claims.instant("nbf")
                .map(from -> from.isAfter(now.plus(CLOCK_SKEW)))
                .orElse(false)) {
            return Optional.of("it is not valid yet (nbf)");
        }
        return grant.inNameOf().flatMap(onBehalfOf -> subjectFault(grant, onBehalfOf.subject(), claims, maxActors));
    }

    private static Optional<String> subjectFault(Grant grant, Caller.Known subject, Claims claims, int maxActors) {
        if (grant.target().subject() == Target.SubjectRule.SAME) {
            for (String name : new TreeSet<>(grant.client().traits().userClaims())) {
                Optional<String> asked = subject.claims().string(name).filter(value -> !Identity.isNobody(value));
                if (asked.isEmpty() || !claims.string(name).equals(asked)) {
                    return Optional.of(name + " is not the caller's (credential.subject: mapped allows it)");
                }
            }
        }
        Optional<ActorChain> actors = ActorChain.of(claims);
        Optional<String> unbounded = ActorChain.fault(claims, maxActors);
        if (unbounded.isPresent()) {
            return unbounded;
        }
        Optional<ActorChain> earlier = subject.actors();
        boolean kept = earlier.isEmpty()
                || actors.map(chain -> chain.keeps(earlier.get())).orElse(false);
        return kept ? Optional.empty() : Optional.of("act of the caller's token is not kept");
    }

    private static Verdict judgeScopes(Grant grant, AccessToken token, Optional<Scopes> inToken) {
        Target target = grant.target();
        ServerTraits traits = grant.client().traits();
        if (target.scopes().isEmpty()) {
            return new Verdict.Fits(token);
        }
        ApiScopes asked = new ApiScopes(target.scopes(), traits.scopesNameTheirApi());
        Scopes granted = inToken.or(token::scopes).orElse(target.scopes());
        Scopes missing = asked.missingFrom(granted);
        if (!missing.isEmpty()) {
            return traits.grantsLess()
                    ? new Verdict.GrantsLess(missing)
                    : new Verdict.DoesNotFit("scope lacks " + missing);
        }
        Scopes wider = asked.widerIn(granted.plus(token.scopes().orElse(Scopes.none())))
                .minus(target.allowScopes())
                .minus(traits.addedScopes());
        return wider.isEmpty()
                ? new Verdict.Fits(token)
                : new Verdict.DoesNotFit("scope is wider than credential.scopes by: " + Prose.forLog(wider.toString())
                        + " (credential.allow-scopes allows it)");
    }

    /** Both spellings together: a tier may look at either. */
    private static Optional<Scopes> scopesOf(Claims claims) {
        Optional<Scopes> scope = claims.scopes("scope");
        Optional<Scopes> scp = claims.scopes("scp");
        return scope.isPresent() && scp.isPresent() ? Optional.of(scope.get().plus(scp.get())) : scope.or(() -> scp);
    }
}
