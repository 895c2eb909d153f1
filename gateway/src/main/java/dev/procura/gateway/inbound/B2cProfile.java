package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Azure AD B2C. What is in a token depends on the user flow (the policy) that issued it, so little can be relied on: {@code
 * sub} may be one constant sentence for everybody, {@code ver} is 1.0 although the addresses say 2.0, and applications have
 * {@code scp} too.
 */
final class B2cProfile implements Profile {

    /** What user flows say of persons, and the client-credentials grant does not. */
    private static final List<String> PERSONAL_CLAIMS =
            List.of("auth_time", "name", "given_name", "family_name", "emails", "email", "signInName");

    @Override
    public Defaults defaults() {
        return new Defaults(List.of("jwt"), List.of("RS256"));
    }

    @Override
    public Optional<String> clientId(Claims claims) {
        return claims.string("azp");
    }

    @Override
    public Set<String> roles(Claims claims) {
        return Set.copyOf(claims.strings("roles"));
    }

    /**
     * A user where something speaks of a person: claims that a user flow adds, the constant {@code sub} that stands for
     * people alone, an object id that is not the subject. The documented claims of an application's token ({@code sub},
     * {@code azp}, {@code scp}) are a plain user's too, so an application can never be told.
     */
    @Override
    public Caller.Kind kind(Claims claims) {
        Optional<String> object = claims.string("oid");
        Optional<String> subject = claims.string("sub");
        boolean person = PERSONAL_CLAIMS.stream().anyMatch(claims::has)
                || (object.isPresent() && subject.isPresent() && !object.equals(subject));
        return person ? Caller.Kind.USER : Caller.Kind.UNKNOWN;
    }

    /** Every access token names its client; ID tokens do not. */
    @Override
    public TokenUse use(String type, Claims claims) {
        return TokenUses.byClientClaim(claims, claims.string("azp").isPresent());
    }

    @Override
    public List<String> identity(Claims claims, Caller.Kind kind, TokenUse use) {
        return List.of(claims.has("oid") ? "oid" : "sub");
    }

    /** Here {@code acr} names the policy, not how the user signed in. */
    @Override
    public Set<String> acr(Claims claims) {
        return Set.of();
    }

    /** {@code tfp}, or {@code acr} in older policies. */
    @Override
    public List<String> policies(Claims claims) {
        // One that is no text is a policy that nobody lists.
        return Stream.of("tfp", "acr")
                .filter(claims::has)
                .map(name -> claims.string(name).orElse(""))
                .toList();
    }

    /** Custom policies write numbers as strings when their claim type says so. */
    @Override
    public Optional<Instant> time(Claims claims, String name) {
        return claims.string(name)
                .filter(text -> text.matches("\\d{1,12}"))
                .map(text -> Instant.ofEpochSecond(Long.parseLong(text)))
                .or(() -> claims.instant(name));
    }
}
