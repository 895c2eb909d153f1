package dev.procura.gateway.credential;

import dev.procura.gateway.token.AccessToken;
import java.time.Instant;

/**
 * Holds tokens that somebody else has obtained against a grant, by the very rules that a fresh answer meets (see {@link
 * CheckedTokenSource}). Pure. Of a chain, the token is that of its last step.
 *
 * @param maxActors how long the chain of actors in an issued token may be
 */
public record IssuedTokens(int maxActors) {

    /** What came of it. */
    public sealed interface Held {

        /** @param token with its end corrected to the earlier of the answer's and the token's own */
        record Fits(AccessToken token) implements Held {}

        /**
         * @param what the claim that is wrong, or "it" for the whole token
         * @param reason for the operator
         */
        record DoesNotFit(String what, String reason) implements Held {}
    }

    public Held hold(Grant grant, AccessToken token, Instant now) {
        IssuedToken.Verdict verdict = IssuedToken.judge(grant, token, maxActors, now);
        if (verdict instanceof IssuedToken.Verdict.Fits fits) {
            return new Held.Fits(fits.token());
        }
        if (verdict instanceof IssuedToken.Verdict.GrantsLess less) {
            return new Held.DoesNotFit("scope", "scope lacks " + less.missing());
        }
        if (verdict instanceof IssuedToken.Verdict.TooManyActors chain) {
            return new Held.DoesNotFit("act", chain.reason());
        }
        IssuedToken.Verdict.DoesNotFit refused = (IssuedToken.Verdict.DoesNotFit) verdict;
        return new Held.DoesNotFit(refused.claim(), refused.reason());
    }
}
