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

    /** The highest bound that a configuration may set: no more is ever read. */
    public static final int MOST_ACTORS = 20;

    /** @param issuer empty where the {@code act} object names none */
    public record Actor(String issuer, String subject) {}

    public ActorChain {
        actors = List.copyOf(actors);
    }

    /** Absent when the token has no {@code act}; one entry more than {@link #MOST_ACTORS} at most is read. */
    public static Optional<ActorChain> of(Claims claims) {
        List<Actor> actors = new ArrayList<>();
        Optional<Claims> act = claims.object("act");
        while (act.isPresent() && actors.size() <= MOST_ACTORS) {
            Claims actor = act.get();
            actors.add(new Actor(
                    actor.string("iss").orElse(""),
                    actor.string("sub").or(() -> actor.string("client_id")).orElse("")));
            act = actor.object("act");
        }
        return actors.isEmpty() ? Optional.empty() : Optional.of(new ActorChain(actors));
    }

    /**
     * What is wrong with the {@code act} of a token: one of the chain is no JSON object, or it is longer than {@code
     * max-actors} allows. Longer chains are refused: no honest set-up has them, and they grow with every hop of a loop.
     *
     * @param max the bound, at most {@link #MOST_ACTORS}
     */
    public static Optional<String> fault(Claims claims, int max) {
        Claims at = claims;
        for (int actors = 1; at.has("act"); actors++) {
            Optional<Claims> act = at.object("act");
            if (act.isEmpty() || actors > max) {
                return Optional.of("act is no chain of at most " + max + " actors (procura.delegation.max-actors)");
            }
            at = act.get();
        }
        return Optional.empty();
    }

    /** Whether the other chain is the older part of this one: nobody was dropped or exchanged for somebody else. */
    public boolean keeps(ActorChain earlier) {
        int added = actors.size() - earlier.actors.size();
        return added >= 0 && actors.subList(added, actors.size()).equals(earlier.actors);
    }
}
