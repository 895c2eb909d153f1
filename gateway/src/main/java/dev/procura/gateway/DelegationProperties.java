package dev.procura.gateway;

import dev.procura.gateway.inbound.ActorChain;
import dev.procura.gateway.problem.InvalidSetting;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code procura.delegation}: how far a request may be handed on.
 *
 * @param maxActors how many actors a token may name one behind the other ({@code act}, RFC 8693 section 4.1), a caller's and
 *     an issued one
 * @param maxHops how often a request may have passed this gateway before it comes to it ({@code Via}, RFC 9110 section
 *     7.6.3)
 */
public record DelegationProperties(
        @DefaultValue("5") int maxActors, @DefaultValue("5") int maxHops) {

    private static final int MOST_HOPS = 20;

    /** @throws InvalidSetting when a bound is none */
    public DelegationProperties check() {
        requireBetweenOneAnd(ActorChain.MOST_ACTORS, maxActors, "max-actors");
        requireBetweenOneAnd(MOST_HOPS, maxHops, "max-hops");
        return this;
    }

    private static void requireBetweenOneAnd(int most, int value, String key) {
        if (value < 1 || value > most) {
            throw new InvalidSetting("procura.delegation." + key, "is not between 1 and " + most, key + ": 5");
        }
    }
}
