package dev.procura.gateway.problem;

import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What wakes an operator: an ERROR event with a stable code and a count in {@code procura.alarms{code}}. Every code has a
 * row in {@code docs/operations.md}.
 */
public final class Alarms {

    public static final String COUNTER = "procura.alarms";

    private static final Logger log = LoggerFactory.getLogger("procura.alarm");

    private final MeterRegistry meters;

    public Alarms(MeterRegistry meters) {
        this.meters = meters;
    }

    /** @param reason what happened and which setting to look at, without any token or secret */
    public void raise(Problem problem, String reason) {
        raise(problem.code(), reason);
    }

    /** @param reason as for a problem */
    public void raise(Alarm alarm, String reason) {
        raise(alarm.code(), reason);
    }

    private void raise(String code, String reason) {
        meters.counter(COUNTER, "code", code).increment();
        log.error("code={} {}", code, reason);
    }
}
