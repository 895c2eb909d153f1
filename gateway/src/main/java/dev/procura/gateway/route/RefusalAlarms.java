package dev.procura.gateway.route;

import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the operator that a tier takes no credential, at most once for each route in {@link #PAUSE}. Where the credential
 * names the caller, one caller's refusals are no alarm: only a second one's within that time show that it is not about a
 * person. As many entries as routes.
 */
public final class RefusalAlarms {

    static final Duration PAUSE = Duration.ofMinutes(10);

    private final Alarms alarms;
    private final Clock clock;
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();

    /** @param first whose credential was refused first; absent: the alarm has been raised */
    private record Watch(Instant until, Optional<Identity> first) {}

    public RefusalAlarms(Alarms alarms, Clock clock) {
        this.alarms = alarms;
        this.clock = clock;
    }

    /**
     * @param caller whom the credential names; empty when it is the gateway's own
     * @param reason what to look at
     */
    void refused(ProcuraRoute route, Optional<Caller> caller, String reason) {
        Optional<Identity> named =
                caller.filter(Caller.Known.class::isInstance).map(known -> ((Caller.Known) known).identity());
        Instant now = clock.instant();
        boolean[] raise = {false};
        watches.compute(route.id(), (id, last) -> {
            boolean fresh = last == null || !now.isBefore(last.until());
            if (fresh && named.isPresent()) {
                return new Watch(now.plus(PAUSE), named);
            }
            raise[0] = fresh || isSomebodyElse(last, named);
            return raise[0] ? new Watch(now.plus(PAUSE), Optional.empty()) : last;
        });
        if (raise[0]) {
            alarms.raise(Problem.TIER_REFUSED_CREDENTIAL, "route=" + route.id() + " " + reason);
        }
    }

    private static boolean isSomebodyElse(@Nullable Watch last, Optional<Identity> named) {
        return last != null && last.first().isPresent() && !last.first().equals(named);
    }
}
