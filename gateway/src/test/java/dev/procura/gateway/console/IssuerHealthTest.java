package dev.procura.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.procura.gateway.fixture.IssuerSurroundings;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.IssuerProperties;
import dev.procura.gateway.inbound.Issuers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Flux;

/** Not ready before the first keys; ready for good from then on. */
final class IssuerHealthTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String KEYS = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"e\","
            + "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

    private final MutableClock clock = MutableClock.at(Instant.parse("2026-03-01T12:00:00Z"));
    private final AtomicInteger asked = new AtomicInteger();
    private volatile int status = 503;
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", request -> {
            asked.incrementAndGet();
            byte[] body = KEYS.getBytes(StandardCharsets.UTF_8);
            request.sendResponseHeaders(status, body.length);
            try (request) {
                request.getResponseBody().write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void isDownUntilTheFirstKeysComeAndUpForGoodAfterwards() {
        Issuers issuers = issuers("corp");
        IssuerHealth health = new IssuerHealth(issuers, clock);
        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
        await(() -> issuers.keyStates().get(0).lost());
        assertThat(detail(health.health(), "corp"))
                .containsEntry("server", "lost")
                .containsEntry("keys", 0);

        status = 200;
        clock.advance(Duration.ofSeconds(10));
        health.health();
        await(() -> issuers.keyStates().get(0).isReady());
        clock.advance(Duration.ofSeconds(7));
        Health up = health.health();
        assertThat(up.getStatus()).isEqualTo(Status.UP);
        assertThat(detail(up, "corp"))
                .containsEntry("server", "reached")
                .containsEntry("keys", 1)
                .containsEntry("ageSeconds", 7L);

        // Lost for two days: a detail, no reason to take every replica out.
        status = 503;
        clock.advance(Duration.ofDays(2));
        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void asksForKeysOnlyWhileNobodyHasAny() {
        Issuers issuers = issuers("corp");
        IssuerHealth health = new IssuerHealth(issuers, clock);
        status = 200;
        assertThat(asked).hasValue(0);
        health.health();
        await(() -> issuers.keyStates().get(0).isReady());

        clock.advance(Duration.ofHours(1));
        health.health();
        health.health();

        assertThat(asked).hasValue(1);
    }

    @Test
    void isUpAsSoonAsOneIssuersTokensCanBeJudged() {
        Issuers issuers = issuers("corp", "partner");
        IssuerHealth health = new IssuerHealth(issuers, clock);
        health.health();
        await(() ->
                issuers.keyStates().get(0).lost() && issuers.keyStates().get(1).lost());
        assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);

        status = 200;
        clock.advance(Duration.ofSeconds(10));
        health.health();
        await(() -> issuers.keyStates().stream().anyMatch(state -> state.isReady()));

        assertThat(health.health().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void isUpWhereNoTokensAreJudged() {
        assertThat(new IssuerHealth(issuers(), clock).health().getStatus()).isEqualTo(Status.UP);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> detail(Health health, String issuer) {
        return (Map<String, Object>) health.getDetails().get(issuer);
    }

    private static void await(BooleanSupplier condition) {
        Flux.interval(Duration.ofMillis(5))
                .takeUntil(tick -> condition.getAsBoolean())
                .blockLast(SOON);
    }

    private Issuers issuers(String... names) {
        Map<String, Object> settings = new HashMap<>();
        for (String name : names) {
            settings.put("issuers." + name + ".issuer", "https://" + name + ".example.com");
            settings.put("issuers." + name + ".audiences", "gateway");
            settings.put(
                    "issuers." + name + ".jwks-uri",
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name);
        }
        return Issuers.of(
                new Binder(new MapConfigurationPropertySource(settings))
                        .bind("issuers", Bindable.mapOf(String.class, IssuerProperties.class))
                        .orElse(Map.of()),
                IssuerSurroundings.at(clock));
    }
}
