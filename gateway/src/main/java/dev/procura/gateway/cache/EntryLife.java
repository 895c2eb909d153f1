package dev.procura.gateway.cache;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.token.AccessToken;
import java.time.Duration;
import java.time.Instant;

/**
 * How long a token may be used again. Pure.
 *
 * @param maxLife the cap for every entry
 * @param safetyMargin how long before the earliest end an entry ends
 */
public record EntryLife(Duration maxLife, Duration safetyMargin) {

    /**
     * The earliest of the token's end, the subject token's end and the cap, less the margin; the margin is at most half of
     * what is left. A token of unknown end is not used again.
     */
    public Instant end(Grant grant, AccessToken token, Instant now) {
        Instant end = latest(grant, token, now);
        Duration left = Duration.between(now, end);
        Duration half = left.dividedBy(2);
        return end.minus(safetyMargin.compareTo(half) < 0 ? safetyMargin : half);
    }

    /** The same without the margin: until then the token is still valid, should there be no other. Never before now. */
    public Instant latest(Grant grant, AccessToken token, Instant now) {
        if (token.expiresAt().isEmpty()) {
            return now;
        }
        Instant end = earlier(earlier(token.expiresAt().get(), now.plus(maxLife)), lastMoment(grant));
        return end.isBefore(now) ? now : end;
    }

    /** The end of the first of the tokens that a grant is asked for with, which nothing obtained with it outlives. */
    static Instant lastMoment(Grant grant) {
        Instant end = Instant.MAX;
        if (grant.inNameOf().isPresent()) {
            Grant.OnBehalfOf onBehalfOf = grant.inNameOf().get();
            end = onBehalfOf.subject().expiresAt();
            if (onBehalfOf.actor().orElse(null) instanceof Actor.CallingApi api) {
                end = earlier(end, api.caller().expiresAt());
            }
        }
        return end;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
