package dev.procura.gateway.inbound;

import dev.procura.gateway.token.Claims;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who has acted for the subject so far (RFC 8693 section 4.1), the current actor first.
 *
 * @param actors one entry for each {@code act} object: its {@code iss} (may be empty) and {@code sub}
 */
public record ActorChain(List<Actor> actors) {

    /** Longer chains are refused: no honest set-up has them, and they grow with every hop of a loop. */
    public static final int MAX_ACTORS = 5;

    /** @param issuer empty where the {@code act} object names none */
    public record Actor(String issuer, String subject) {}

    public ActorChain {
        actors = List.copyOf(actors);
    }

    /** Absent when the token has no {@code act}; one entry more than {@link #MAX_ACTORS} at most is read. */
    public static Optional<ActorChain> of(Claims claims) {
        List<Actor> actors = new ArrayList<>();
        Optional<Claims> act = claims.object("act");
        while (act.isPresent() && actors.size() <= MAX_ACTORS) {
            Claims actor = act.get();
            actors.add(new Actor(
                    actor.string("iss").orElse(""),
                    actor.string("sub").or(() -> actor.string("client_id")).orElse("")));
            act = actor.object("act");
        }
        return actors.isEmpty() ? Optional.empty() : Optional.of(new ActorChain(actors));
    }

    /** Whether there is an {@code act} that is no JSON object, or one that is too long. */
    public static boolean isUnreadable(Claims claims) {
        return claims.has("act")
                && (claims.object("act").isEmpty()
                        || of(claims).map(ActorChain::isTooLong).orElse(true));
    }

    public boolean isTooLong() {
        return actors.size() > MAX_ACTORS;
    }

    /** Whether the other chain is the older part of this one: nobody was dropped or exchanged for somebody else. */
    public boolean keeps(ActorChain earlier) {
        int added = actors.size() - earlier.actors.size();
        return added >= 0 && actors.subList(added, actors.size()).equals(earlier.actors);
    }
}
