package dev.procura.gateway.problem;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets an alarm ring once in {@link #PAUSE} for the same reason: what callers can bring about must not ring at their will,
 * and an operator who has been woken need not be woken again.
 */
public final class AlarmPace {

    public static final Duration PAUSE = Duration.ofMinutes(1);

    private static final int MAX_REASONS = 10_000;

    private record Reason(Enum<?> code, List<Object> facts) {}

    private final Cache<Reason, Boolean> rung;

    public AlarmPace(Clock clock) {
        this.rung = Caffeine.newBuilder()
                .maximumSize(MAX_REASONS)
                .expireAfterWrite(PAUSE)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /**
     * @param facts what makes it another reason: which client of which tenant, which audience, what is wrong. None of a
     *     caller's choosing
     */
    public boolean mayRing(Problem problem, Object... facts) {
        return rings(problem, facts);
    }

    /** @param facts as for a problem */
    public boolean mayRing(Alarm alarm, Object... facts) {
        return rings(alarm, facts);
    }

    private boolean rings(Enum<?> code, Object... facts) {
        return rung.asMap().putIfAbsent(new Reason(code, List.of(facts)), Boolean.TRUE) == null;
    }
}
