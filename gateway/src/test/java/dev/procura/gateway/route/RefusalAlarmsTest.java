package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.problem.Alarms;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An operator is woken when a tier takes no credential, and by no caller at will. */
class RefusalAlarmsTest {

    private static final Optional<Caller> ALICE =
            Optional.of(CallerExample.user("alice").known());
    private static final Optional<Caller> BOB =
            Optional.of(CallerExample.user("bob").known());

    private final MutableClock clock = MutableClock.at(CallerExample.NOW);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final RefusalAlarms alarms = new RefusalAlarms(new Alarms(meters), clock);
    private final ProcuraRoute orders = route("orders");
    private final ProcuraRoute billing = route("billing");

    private static ProcuraRoute route(String id) {
        return TestRoutes.withDefaults("""
                - id: %1$s
                  path: /%1$s/**
                  uri: https://orders.internal:8443
                  require: { audiences: [gateway] }
                  credential: { on-behalf-of: gateway, audience: orders-api }
                """.formatted(id)).route(id);
    }

    private double raised() {
        Counter counter = meters.find(Alarms.COUNTER)
                .tag("code", "tier_refused_credential")
                .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void oneCallerRingsNothingHoweverOften() {
        for (int i = 0; i < 100; i++) {
            alarms.refused(orders, ALICE, "refused");
            clock.advance(RefusalAlarms.PAUSE.dividedBy(7));
        }

        assertThat(raised()).isZero();
    }

    @Test
    void aSecondCallerRingsOnceForEachRoute() {
        for (int i = 0; i < 100; i++) {
            alarms.refused(orders, ALICE, "refused");
            alarms.refused(orders, BOB, "refused");
            alarms.refused(billing, BOB, "refused");
        }
        assertThat(raised()).isEqualTo(1);

        alarms.refused(billing, ALICE, "refused");
        assertThat(raised()).isEqualTo(2);
    }

    @Test
    void aSecondCallerMuchLaterIsTheFirstAgain() {
        alarms.refused(orders, ALICE, "refused");
        clock.advance(RefusalAlarms.PAUSE);
        alarms.refused(orders, BOB, "refused");
        assertThat(raised()).isZero();

        alarms.refused(orders, ALICE, "refused");
        assertThat(raised()).isEqualTo(1);
    }

    @Test
    void theGatewaysOwnCredentialRingsAtOnceAndOnceInTheTime() {
        for (int i = 0; i < 100; i++) {
            alarms.refused(orders, Optional.empty(), "refused");
        }
        assertThat(raised()).isEqualTo(1);

        clock.advance(RefusalAlarms.PAUSE.minusMillis(1));
        alarms.refused(orders, Optional.empty(), "refused");
        assertThat(raised()).isEqualTo(1);
        clock.advance(RefusalAlarms.PAUSE);
        alarms.refused(orders, Optional.empty(), "refused");
        assertThat(raised()).isEqualTo(2);
    }
}
