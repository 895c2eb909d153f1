package dev.procura.gateway.problem;

import dev.procura.gateway.token.Scopes;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request that ends with a {@link Problem}. The message is for the operator's log: it may name routes, issuers,
 * audiences and configuration keys, never a token. Carries no stack trace: it is an outcome, not a bug.
 */
public final class ProblemException extends RuntimeException {

    private final Problem problem;
    private final Remedy remedy;
    private final @Nullable Duration retryAfter;
    private final Map<String, String> facts;

    /**
     * What would have been enough; the challenge names it.
     *
     * @param scopes to ask for (RFC 6750 section 3)
     * @param acr authentication contexts of which one has to be met, best first (RFC 9470 section 3)
     * @param maxAge how old the sign-in may be (RFC 9470 section 3)
     * @param claims the claims that a new token has to hold, as Entra asks for them
     */
    public record Remedy(Scopes scopes, List<String> acr, Optional<Duration> maxAge, Optional<ClaimsChallenge> claims) {

        private static final Remedy NONE = new Remedy(Scopes.none(), List.of(), Optional.empty(), Optional.empty());

        public Remedy {
            acr = List.copyOf(acr);
        }

        public static Remedy none() {
            return NONE;
        }

        public static Remedy scopes(Scopes scopes) {
            return new Remedy(scopes, List.of(), Optional.empty(), Optional.empty());
        }

        public static Remedy signIn(List<String> acr, Optional<Duration> maxAge) {
            return new Remedy(Scopes.none(), acr, maxAge, Optional.empty());
        }

        public static Remedy claims(ClaimsChallenge challenge) {
            return new Remedy(Scopes.none(), List.of(), Optional.empty(), Optional.of(challenge));
        }
    }

    /**
     * Entra's claims challenge, which its client libraries answer with a new sign-in.
     *
     * @param authorizationUri where the client has to send the user
     * @param claims the claims request in standard base64
     */
    public record ClaimsChallenge(URI authorizationUri, String claims) {

        private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]+={0,2}");

        public ClaimsChallenge {
            if (!BASE64.matcher(claims).matches()) {
                throw new IllegalArgumentException("not base64");
            }
        }
    }

    private ProblemException(
            Problem problem,
            String reason,
            Remedy remedy,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause,
            Map<String, String> facts) {
        super(reason, cause, false, false);
        this.problem = problem;
        this.remedy = remedy;
        this.retryAfter = retryAfter;
        this.facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** @param reason why, for the operator: what was expected, what was found, which setting decides */
    public static ProblemException of(Problem problem, String reason) {
        return new ProblemException(problem, reason, Remedy.none(), null, null, Map.of());
    }

    public ProblemException causedBy(Throwable cause) {
        return new ProblemException(problem, text(), remedy, retryAfter, cause, facts);
    }

    public ProblemException needing(Remedy enough) {
        return new ProblemException(problem, text(), enough, retryAfter, getCause(), facts);
    }

    public ProblemException retryAfter(Duration delay) {
        return new ProblemException(problem, text(), remedy, delay, getCause(), facts);
    }

    /** @param more what is known of the failure, by name, for logs that can be searched; nothing that is secret */
    public ProblemException knowing(Map<String, String> more) {
        return new ProblemException(problem, text(), remedy, retryAfter, getCause(), more);
    }

    public Problem problem() {
        return problem;
    }

    /** The whole line: what happened, and every fact as {@code name=value}. */
    public String reason() {
        StringBuilder line = new StringBuilder(text());
        facts.forEach((name, value) ->
                line.append(line.isEmpty() ? "" : " ").append(name).append('=').append(value));
        return line.toString();
    }

    /** The same facts one by one. */
    public Map<String, String> facts() {
        return facts;
    }

    private String text() {
        return String.valueOf(super.getMessage());
    }

    @Override
    public String getMessage() {
        return reason();
    }

    public Remedy remedy() {
        return remedy;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
