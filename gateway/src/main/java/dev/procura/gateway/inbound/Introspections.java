package dev.procura.gateway.inbound;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.problem.AlarmPace;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.problem.Prose;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Fingerprint;
import dev.procura.gateway.token.TokenValue;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/**
 * What an authorization server says of tokens (RFC 7662, signed answers RFC 9701).
 *
 * <p>Guarantees: one question at a time for one token; {@code active: false} is remembered for {@code negative-ttl}, in a
 * cache that cannot grow beyond {@link #MAX_INACTIVE} entries; whatever is no clear answer is "unavailable", never "yes" and
 * never "no". An answer with {@code active: true} counts for {@link #LIFE}; whoever asked remembers it.
 *
 * <p>Not checked here: issuer, audience, times and identity of the token; those are its issuer's rules.
 */
final class Introspections {

    /** How long a "yes" counts: as long as a revoked token may still be let in. */
    static final Duration LIFE = Duration.ofSeconds(30);

    static final int MAX_INACTIVE = 10_000;

    /** After the client was refused nobody is asked about: whoever sends any text could ring the alarm with each. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** A signed answer is fresh, or it was kept for replaying. */
    private static final Duration ANSWER_AGE = Duration.ofMinutes(5);

    private static final String SIGNED = "application/token-introspection+jwt";

    /** The values of {@code token_type}, {@code token_use} and the like that mean an access token, lower case. */
    private static final Set<String> ACCESS = Set.of("bearer", "n_a", "access_token", "access");

    /** These must be the same wherever the token itself says them too. */
    private static final List<String> FIXED = List.of(
            "iss",
            "sub",
            "jti",
            "sid",
            "uid",
            "oid",
            "azp",
            "client_id",
            "cid",
            "appid",
            "tid",
            "org_id",
            "act",
            "may_act",
            "cnf");

    private final TrustedIssuer.Rules rules;
    private final Introspector introspector;
    private final SigningKeys keys;
    private final Alarms alarms;
    private final AlarmPace pace;
    private final Clock clock;
    private final Cache<Fingerprint, Boolean> inactive;
    private final SharedCalls<Fingerprint, Told> calls;
    private volatile Instant pausedUntil = Instant.MIN;

    /**
     * An answer with {@code active: true}.
     *
     * @param bytes about how large it was
     */
    record Told(Claims claims, Standing.Told standing, int bytes) {

        /**
         * The claims of a signed token with those of the answer, which are newer and may be more; the earlier end counts,
         * and the audience that was signed.
         * Empty when the two speak of different things.
         *
         * @param identity the claims that name a caller of this issuer, where the configuration says so
         */
        Optional<Claims> completing(Claims token, List<String> identity) {
            boolean differ = Stream.concat(FIXED.stream(), identity.stream())
                    .anyMatch(name -> token.has(name)
                            && claims.has(name)
                            && !Objects.equals(
                                    token.values().get(name), claims.values().get(name)));
            if (differ) {
                return Optional.empty();
            }
            Map<String, Object> all = new LinkedHashMap<>(token.values());
            // A member that is null says nothing; it must not take away what was signed.
            claims.values().forEach((name, value) -> {
                if (claims.has(name)) {
                    all.put(name, value);
                }
            });
            if (token.has("aud")) {
                all.put("aud", token.values().get("aud"));
            }
            token.instant("exp")
                    .filter(end -> claims.instant("exp").map(end::isBefore).orElse(true))
                    .ifPresent(end -> all.put("exp", end.getEpochSecond()));
            Claims both = Claims.of(all);
            boolean marksTaken = ApplicationMarks.isIn(token) && !ApplicationMarks.isIn(both);
            return marksTaken ? Optional.empty() : Optional.of(both);
        }
    }

    Introspections(
            TrustedIssuer.Rules rules,
            Introspector introspector,
            SigningKeys keys,
            Duration negativeTtl,
            Alarms alarms,
            Clock clock) {
        this.rules = rules;
        this.introspector = introspector;
        this.keys = keys;
        this.alarms = alarms;
        this.pace = new AlarmPace(clock);
        this.clock = clock;
        this.inactive = Caffeine.newBuilder()
                .maximumSize(MAX_INACTIVE)
                .expireAfterWrite(negativeTtl)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
        this.calls = new SharedCalls<>(() -> unavailable("a call got lost"));
    }

    /** Fails with {@code token_inactive}, {@code token_type_refused} or {@code introspection_unavailable}. */
    Mono<Told> ask(TokenValue token) {
        return inactive.getIfPresent(token.fingerprint()) != null
                ? Mono.error(notActive())
                : Mono.defer(() -> calls.get(token.fingerprint(), () -> null, () -> call(token)));
    }

    private Mono<Told> call(TokenValue token) {
        if (clock.instant().isBefore(pausedUntil)) {
            return Mono.error(unavailable("the endpoint has just refused the gateway's client"));
        }
        return introspector
                .ask(token)
                .onErrorMap(failure -> !(failure instanceof ProblemException), this::unreachable)
                .flatMap(answer -> members(answer)
                        .map(members -> judge(token, members, answer.body().length())));
    }

    private Told judge(TokenValue token, Claims members, int bytes) {
        if (Boolean.FALSE.equals(members.values().get("active"))) {
            inactive.put(token.fingerprint(), true);
            throw notActive();
        }
        if (!Boolean.TRUE.equals(members.values().get("active"))) {
            throw unavailable("the answer does not say whether the token is active");
        }
        if (members.string("token_type").map("dpop"::equalsIgnoreCase).orElse(false)) {
            throw refused(Problem.PROOF_MISSING, "a DPoP token came as a plain bearer token");
        }
        boolean otherUse = List.of("token_type", "token_use").stream()
                .anyMatch(name -> members.has(name)
                        && members.string(name)
                                .filter(use -> ACCESS.contains(use.toLowerCase(Locale.ROOT)))
                                .isEmpty());
        if (otherUse) {
            throw refused(
                    Problem.TOKEN_TYPE_REFUSED,
                    "the introspection endpoint calls it something else than an access token");
        }
        return new Told(
                rules.profile().ofIntrospection(members),
                new Standing.Told(clock.instant().plus(LIFE)),
                bytes);
    }

    /** The members of the answer, plain or out of their signed envelope. */
    private Mono<Claims> members(AuthorizationServerHttp.Answer answer) {
        if (answer.status() == 401 || answer.status() == 403) {
            String reason =
                    "issuer=" + rules.name() + " the introspection endpoint refuses the gateway's client (status "
                            + answer.status() + ", procura.issuers." + rules.name() + ".introspection.client)";
            if (pace.mayRing(Problem.CLIENT_REFUSED)) {
                alarms.raise(Problem.CLIENT_REFUSED, reason);
            }
            pausedUntil = clock.instant().plus(PAUSE);
            return Mono.error(unavailable("the endpoint refuses the gateway's client"));
        }
        if (answer.status() != 200) {
            return Mono.error(unavailable("the endpoint answered " + answer.status()));
        }
        boolean signed = answer.contentType()
                .map(type -> type.toLowerCase(Locale.ROOT).startsWith(SIGNED))
                .orElse(false);
        try {
            return signed ? opened(answer.body()) : Mono.just(Json.object(answer.body()));
        } catch (ParseException e) {
            return Mono.error(unavailable("the answer is not what its content type says"));
        }
    }

    /** RFC 9701 section 5: everything that is said of the token stands in one claim of a JWT of its own type. */
    private Mono<Claims> opened(String body) throws ParseException {
        SignedJWT jwt;
        try {
            jwt = SignedJWT.parse(body.strip());
        } catch (RuntimeException e) {
            throw new ParseException("not a signed JWT", 0);
        }
        Map<String, Object> payload = jwt.getPayload().toJSONObject();
        Claims claims = Claims.of(payload == null ? Map.of() : payload);
        JOSEObjectType type = jwt.getHeader().getType();
        JWSAlgorithm algorithm = jwt.getHeader().getAlgorithm();
        Instant now = clock.instant();
        boolean fresh = claims.instant("iat")
                .map(at -> !at.isAfter(now.plus(rules.clockSkew())) && at.isAfter(now.minus(ANSWER_AGE)))
                .orElse(false);
        boolean fits = type != null
                && type.getType()
                        .toLowerCase(Locale.ROOT)
                        .replace("application/", "")
                        .equals("token-introspection+jwt")
                && rules.algorithms().contains(algorithm)
                && claims.string("iss").equals(Optional.of(rules.issuer().text()))
                && claims.strings("aud").contains(introspector.clientId())
                && fresh;
        if (!fits) {
            return Mono.error(unavailable("the signed answer is of another type, issuer, audience or time"));
        }
        return keys.forSignature(jwt.getHeader())
                .onErrorMap(
                        ProblemException.class,
                        failure -> unavailable("no key for the signed answer: " + failure.reason()))
                .flatMap(keySet -> isSigned(jwt, keySet)
                        ? claims.object("token_introspection")
                                .map(Mono::just)
                                .orElseGet(() -> Mono.error(unavailable("the signed answer says nothing of the token")))
                        : Mono.error(unavailable("the signature of the answer does not match")));
    }

    private static boolean isSigned(SignedJWT jwt, KeySet keySet) {
        return keySet.candidates(jwt.getHeader()).stream().anyMatch(key -> Signatures.isSignedBy(jwt, key.key()));
    }

    private ProblemException notActive() {
        return refused(Problem.TOKEN_INACTIVE, "the introspection endpoint says active: false");
    }

    private ProblemException refused(Problem problem, String reason) {
        return ProblemException.of(
                problem,
                "issuer=" + rules.name() + " " + reason + " (procura.issuers." + rules.name() + ".introspection)");
    }

    private Throwable unreachable(Throwable failure) {
        return unavailable(
                failure instanceof TimeoutException
                        ? "no answer in time"
                        : "the endpoint cannot be asked: " + Prose.forLog(String.valueOf(failure)));
    }

    private ProblemException unavailable(String reason) {
        return refused(Problem.INTROSPECTION_UNAVAILABLE, "introspection: " + reason);
    }
}
