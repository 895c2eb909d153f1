package dev.procura.gateway.inbound;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One issuer, its rules and its keys. Keys are never looked for anywhere else: whatever a token says in {@code jku},
 * {@code x5u}, {@code jwk} or {@code x5c} (RFC 7515 section 4.1), a token that says it is refused.
 *
 * <p>Where the issuer has an introspection endpoint, that endpoint has the last word: a JWT is verified first and then
 * asked about, an opaque token is only asked about.
 */
final class TrustedIssuer {

    /**
     * @param name of the block in the configuration
     * @param issuer the exact {@code iss}; for a block that takes any tenant the template of it
     * @param tenant the tenant that {@code issuer} is made for; absent: any, or the family has none
     * @param policies lower case; empty: the family has none
     * @param tokenTypes lower case
     * @param identity the claims that name a user; empty: the profile decides
     */
    record Rules(
            String name,
            TenantTemplate issuer,
            Optional<String> tenant,
            Set<String> policies,
            Profile profile,
            Set<String> audiences,
            Set<JWSAlgorithm> algorithms,
            Set<String> tokenTypes,
            boolean acceptsIdTokens,
            List<String> identity,
            Duration clockSkew) {

        /** The one value of {@code iss}; empty where any tenant's is taken. */
        Optional<String> exactIssuer() {
            return tenant.isPresent() || !TenantTemplate.isTemplate(issuer.text())
                    ? Optional.of(tenant.map(issuer::forTenant).orElse(issuer.text()))
                    : Optional.empty();
        }
    }

    private final Rules rules;
    private final Map<String, SigningKeys> keys;
    private final @Nullable Introspections introspections;
    private final int maxActors;
    private final Clock clock;

    /**
     * @param keys by policy, lower case; one set under the empty name where there are none
     * @param maxActors how long the chain of actors in a token may be
     */
    TrustedIssuer(
            Rules rules,
            Map<String, SigningKeys> keys,
            @Nullable Introspections introspections,
            int maxActors,
            Clock clock) {
        this.rules = rules;
        this.keys = Map.copyOf(keys);
        this.introspections = introspections;
        this.maxActors = maxActors;
        this.clock = clock;
    }

    Rules rules() {
        return rules;
    }

    /**
     * A caller, and why the token counts.
     *
     * @param until when it certainly does not count any more; it may end earlier
     * @param answerBytes what the authorization server had to say of it
     */
    record Verified(Caller.Known caller, Standing standing, Instant until, int answerBytes) {}

    /** Validates everything that does not depend on the route. The claims are those of {@code jwt}, not verified yet. */
    Mono<Verified> verify(TokenValue token, SignedJWT jwt, Claims claims) {
        return Mono.defer(() -> {
            String type = checkHeader(jwt.getHeader(), rules.tokenTypes(), "token-types");
            Optional<String> tenant = checkIssuer(claims);
            return signed(jwt, claims, tenant).flatMap(standing -> {
                Instant expiresAt = checkTimes(claims);
                TokenUse use = checkUse(type, claims);
                if (introspections == null) {
                    Caller.Known caller = caller(token, use, claims, tenant, expiresAt);
                    return Mono.just(new Verified(caller, standing, lastMoment(caller), 0));
                }
                return introspections.ask(token).map(told -> {
                    Claims all = told.completing(claims, rules.identity())
                            .orElseThrow(() -> contradicted("the token and its introspection answer"));
                    Instant end = checkTimes(all);
                    // The answer may show that it is less than it said of itself, never that it is more.
                    TokenUse worse = checkUse(type, all) == TokenUse.ACCESS_TOKEN ? use : TokenUse.ID_TOKEN;
                    Optional<String> ofAll = tenant.or(() -> rules.profile().tenant(all));
                    return told(caller(token, worse, all, ofAll, end), standing.and(told.standing()), told);
                });
            });
        });
    }

    /**
     * Whether header, issuer and signature of another kind of token are this issuer's; what it says is for others to judge.
     *
     * @param types the accepted header types, lower case
     */
    Mono<Standing> vouchFor(SignedJWT jwt, Claims claims, Set<String> types) {
        return Mono.defer(() -> {
            String type = checkHeader(jwt.getHeader(), types, "logout.token-types");
            Optional<String> tenant = checkIss(claims);
            // Not every server repeats the tenant in tokens of this kind; one that does has to mean the same.
            Optional<String> said = rules.profile().tenant(claims);
            if (tenant.isPresent() && said.isPresent() && !said.equals(tenant)) {
                throw contradicted("tid and iss of a " + type);
            }
            return signed(jwt, claims, tenant);
        });
    }

    /** Validates a token that only its authorization server can read. */
    Mono<Verified> verifyOpaque(TokenValue token) {
        Introspections endpoint = introspections;
        if (endpoint == null) {
            return Mono.error(refused(Problem.TOKEN_MALFORMED, "the token is not a JWT", "introspection"));
        }
        return endpoint.ask(token).map(told -> {
            Claims claims = told.claims();
            Optional<String> tenant =
                    claims.has("iss") ? checkIssuer(claims) : rules.profile().tenant(claims);
            // RFC 7662 section 2.2 leaves exp optional: the answer itself counts only for a short time.
            Instant expiresAt =
                    claims.has("exp") ? checkEnd(claims) : told.standing().until();
            checkBeginning(claims);
            return told(caller(token, checkUse("", claims), claims, tenant, expiresAt), told.standing(), told);
        });
    }

    private Verified told(Caller.Known caller, Standing standing, Introspections.Told told) {
        Instant last = lastMoment(caller);
        Instant until = told.standing().until();
        return new Verified(caller, standing, until.isBefore(last) ? until : last, told.bytes());
    }

    private Instant lastMoment(Caller.Known caller) {
        return caller.expiresAt().plus(rules.clockSkew());
    }

    /** Whether a token that was valid a moment ago still is: it has not ended, and what it stood on holds. */
    boolean isCurrent(Verified verified) {
        Instant now = clock.instant();
        return now.isBefore(verified.until()) && verified.standing().holds(now);
    }

    private String checkHeader(JWSHeader header, Set<String> types, String setting) {
        if (!rules.algorithms().contains(header.getAlgorithm())) {
            throw refused(
                    Problem.ALGORITHM_REFUSED, "alg is not one of algorithms " + rules.algorithms(), "algorithms");
        }
        String type = header.getType() == null ? "jwt" : normalized(header.getType());
        if (!types.contains(type)) {
            throw refused(Problem.TOKEN_TYPE_REFUSED, "typ is not one of " + setting + " " + types, setting);
        }
        if (header.getJWKURL() != null
                || header.getX509CertURL() != null
                || header.getJWK() != null
                || header.getX509CertChain() != null
                || header.getCriticalParams() != null
                || !header.isBase64URLEncodePayload()) {
            throw refused(Problem.TOKEN_MALFORMED, "the header brings its own key, or asks for an extension (crit)");
        }
        return type;
    }

    /** {@code application/at+jwt} and {@code at+jwt} are the same type (RFC 9068 section 2.1). */
    private static String normalized(JOSEObjectType type) {
        String lower = type.getType().toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
    }

    /** The tenant that the token is of, where its issuer has several; the same in {@code iss} and in {@code tid}. */
    private Optional<String> checkIssuer(Claims claims) {
        Optional<String> tenant = checkIss(claims);
        if (tenant.isPresent() && !rules.profile().tenant(claims).equals(tenant)) {
            throw contradicted("tid and iss");
        }
        return tenant.or(() -> rules.profile().tenant(claims));
    }

    /** The tenant that {@code iss} names. */
    private Optional<String> checkIss(Claims claims) {
        String iss = claims.string("iss").orElse("");
        TenantTemplate issuer = rules.issuer();
        Optional<String> tenant = rules.tenant().or(() -> issuer.tenantOf(iss));
        boolean itsOwn = rules.exactIssuer().map(iss::equals).orElse(tenant.isPresent());
        if (!itsOwn) {
            throw refused(Problem.ISSUER_UNKNOWN, "iss is another one", "issuer");
        }
        return tenant;
    }

    private Mono<Standing> signed(SignedJWT jwt, Claims claims, Optional<String> tenant) {
        List<SigningKeys> stores = keysFor(jwt.getHeader(), claims);
        Mono<Standing> tried = signed(jwt, claims, tenant, stores.get(0));
        for (SigningKeys next : stores.subList(1, stores.size())) {
            tried = tried.onErrorResume(
                    ProblemException.class,
                    failure -> signed(jwt, claims, tenant, next)
                            .onErrorMap(ProblemException.class, last -> undecided(failure, last)));
        }
        return tried;
    }

    /** While one of several key sets cannot be had, nobody can say that none of them has the key. */
    private static ProblemException undecided(ProblemException one, ProblemException other) {
        return one.problem() == Problem.KEYS_UNAVAILABLE ? one : other;
    }

    private Mono<Standing> signed(SignedJWT jwt, Claims claims, Optional<String> tenant, SigningKeys store) {
        return store.forSignature(jwt.getHeader()).map(keySet -> {
            checkSignature(jwt, keySet, claims.string("iss").orElse(""), tenant);
            return new Standing.Signed(store, keySet.withdrawals());
        });
    }

    /** A token that names its policy is verified by that policy's keys alone; those that know the key are asked first. */
    private List<SigningKeys> keysFor(JWSHeader header, Claims claims) {
        Set<String> policies = rules.profile().policies(claims).stream()
                .map(policy -> policy.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        if (policies.size() > 1 || !rules.policies().containsAll(policies)) {
            throw refused(Problem.ISSUER_UNKNOWN, "tfp or acr names another policy", "policies");
        }
        List<SigningKeys> stores = new ArrayList<>(
                policies.isEmpty()
                        ? keys.values()
                        : List.of(keys.get(policies.iterator().next())));
        stores.sort(Comparator.comparing(store -> !store.know(header)));
        return stores;
    }

    private void checkSignature(SignedJWT jwt, KeySet keySet, String iss, Optional<String> tenant) {
        boolean foreign = false;
        for (KeySet.VerificationKey key : keySet.candidates(jwt.getHeader())) {
            if (rules.profile().keysNameTheirIssuer() && !key.signsFor(iss, tenant)) {
                foreign = true;
                continue;
            }
            if (Signatures.isSignedBy(jwt, key.key())) {
                return;
            }
        }
        throw refused(
                Problem.SIGNATURE_INVALID,
                foreign ? "the key signs for another issuer" : "no key of the issuer made this signature",
                "issuer");
    }

    private Caller.Known caller(
            TokenValue token, TokenUse use, Claims claims, Optional<String> tenant, Instant expiresAt) {
        Profile profile = rules.profile();
        profile.contradiction(claims, claims.string("iss").orElse("")).ifPresent(found -> {
            throw refused(Problem.TOKEN_MALFORMED, "the token contradicts itself: " + found);
        });
        ActorChain.fault(claims, maxActors).ifPresent(found -> {
            throw refused(Problem.TOKEN_MALFORMED, found);
        });
        Set<String> found = Set.copyOf(claims.strings("aud"));
        // Those that this issuer may speak of: any other one is another issuer's to give.
        Set<String> audiences = new TreeSet<>(rules.audiences());
        audiences.retainAll(found);
        if (audiences.isEmpty()) {
            throw refused(
                    Problem.AUDIENCE_MISMATCH,
                    "aud holds none of audiences " + rules.audiences() + Hints.aboutAudience(found, rules.audiences()),
                    "audiences");
        }
        Caller.Kind kind = use == TokenUse.ID_TOKEN ? kindOfIdToken(claims) : profile.kind(claims);
        return new Caller.Known(
                rules.name(),
                identity(claims, tenant, kind, use),
                kind,
                profile.clientId(claims),
                audiences,
                profile.scopes(claims),
                profile.roles(claims),
                profile.groups(claims),
                new SignIn(profile.acr(claims), profile.time(claims, "auth_time")),
                use,
                token,
                expiresAt,
                claims);
    }

    /** Nobody but a person signs in, and yet some servers give ID tokens to applications. */
    private Caller.Kind kindOfIdToken(Claims claims) {
        return rules.profile().isOfApplication(claims) ? Caller.Kind.UNKNOWN : Caller.Kind.USER;
    }

    /** Told by the token's own claims: an introspection answer adds some that would make anything an access token. */
    private TokenUse checkUse(String type, Claims claims) {
        if (claims.has("cnf")) {
            // RFC 9449 section 7.1, RFC 8705 section 3: a bound token without its proof may be stolen.
            throw refused(Problem.PROOF_MISSING, "the token has cnf but came as a plain bearer token");
        }
        TokenUse use = rules.profile().use(type, claims);
        if (use == TokenUse.OTHER) {
            throw refused(Problem.TOKEN_TYPE_REFUSED, "the claims are not those of an access token", "profile");
        }
        if (use == TokenUse.ID_TOKEN && !rules.acceptsIdTokens()) {
            throw refused(
                    Problem.TOKEN_TYPE_REFUSED,
                    "it is an ID token: the client should send an access token for one of audiences",
                    "id-tokens");
        }
        return use;
    }

    private Instant checkTimes(Claims claims) {
        Instant end = checkEnd(claims);
        checkBeginning(claims);
        return end;
    }

    private Instant checkEnd(Claims claims) {
        Optional<Instant> expiresAt = rules.profile().time(claims, "exp");
        if (expiresAt.isEmpty()) {
            throw refused(Problem.TOKEN_MALFORMED, "the token has no exp");
        }
        if (!clock.instant().isBefore(expiresAt.get().plus(rules.clockSkew()))) {
            throw refused(Problem.TOKEN_EXPIRED, "exp was " + expiresAt.get(), "clock-skew");
        }
        return expiresAt.get();
    }

    private void checkBeginning(Claims claims) {
        for (String name : List.of("nbf", "iat")) {
            Optional<Instant> from = rules.profile().time(claims, name);
            if (from.isEmpty() && claims.has(name)) {
                throw refused(Problem.TOKEN_MALFORMED, name + " is not a time");
            }
            if (from.isPresent() && clock.instant().isBefore(from.get().minus(rules.clockSkew()))) {
                throw refused(
                        Problem.TOKEN_NOT_YET_VALID,
                        name + " is " + from.get() + ", clock-skew " + rules.clockSkew(),
                        "clock-skew");
            }
        }
    }

    private Identity identity(Claims claims, Optional<String> tenant, Caller.Kind kind, TokenUse use) {
        List<String> names =
                rules.identity().isEmpty() ? rules.profile().identity(claims, kind, use) : rules.identity();
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : names) {
            String value = claims.string(name)
                    .filter(text -> !text.isBlank())
                    .orElseThrow(() -> refused(Problem.IDENTITY_MISSING, "the token has no " + name, "identity"));
            if (Identity.isNobody(value)) {
                throw refused(Problem.IDENTITY_MISSING, name + " is the same sentence for every user", "identity");
            }
            values.put(name, value);
        }
        // Only an introspection answer may come without iss, and its issuer has one value.
        String issuer = claims.string("iss").or(rules::exactIssuer).orElseThrow();
        return new Identity(issuer, tenant, values);
    }

    private ProblemException contradicted(String what) {
        return refused(Problem.TOKEN_MALFORMED, "contradiction between " + what);
    }

    /** @param setting the key below the issuer's block that decides */
    private ProblemException refused(Problem problem, String reason, String setting) {
        return ProblemException.of(
                problem,
                "issuer=" + rules.name() + " " + reason + " (procura.issuers." + rules.name() + "." + setting + ")");
    }

    /** For what no setting changes. */
    private ProblemException refused(Problem problem, String reason) {
        return ProblemException.of(
                problem, "issuer=" + rules.name() + " " + reason + " (procura.issuers." + rules.name() + ")");
    }
}
