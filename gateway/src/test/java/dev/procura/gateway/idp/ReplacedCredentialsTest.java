package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.sun.net.httpserver.HttpExchange;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.TokenSource;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Secrets, keys and assertions are replaced while requests run, and none of them fails; a refusal is one client's alone. */
final class ReplacedCredentialsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestKey rsa;
    private static TestKey p256;

    /** What the server takes for a proof; who shows another is refused as a server refuses. */
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AskingClient asking = new AskingClient();
    private final LoopbackServer server = LoopbackServer.handling(request -> answer(request));

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void makeKeys() {
        rsa = TestKey.rsa(2048);
        p256 = TestKey.p256();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void answer(HttpExchange request) throws IOException {
        Received one = Received.of(request);
        received.add(one);
        if (accepted.contains(proof(one))) {
            LoopbackServer.answer(request, 200, "{\"access_token\":\"issued\",\"token_type\":\"Bearer\"}");
        } else {
            LoopbackServer.answer(request, 401, "{\"error\":\"invalid_client\"}");
        }
    }

    private static String proof(Received request) {
        if (!request.form().containsKey("client_assertion")) {
            return request.authorization().orElse(request.form().getOrDefault("client_secret", "none"));
        }
        String assertion = request.form().get("client_assertion");
        return assertion.startsWith("ey") ? signedBy(request) : assertion;
    }

    private static String signedBy(Received request) {
        try {
            if (request.assertion().getHeader().getAlgorithm().getName().equals("ES256")) {
                ECPublicKey key = (ECPublicKey) p256.certificate().getPublicKey();
                return request.assertion().verify(new ECDSAVerifier(key)) ? "p256" : "nobody";
            }
            RSAPublicKey key = (RSAPublicKey) rsa.certificate().getPublicKey();
            return request.assertion().verify(new RSASSAVerifier(key)) ? "rsa" : "nobody";
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String endpoint() {
        return "token-uri: '" + server.address() + "/token', ";
    }

    private static String basic(String secret) {
        return "Basic " + Base64.getEncoder().encodeToString(("gateway:" + secret).getBytes(StandardCharsets.US_ASCII));
    }

    /** Replaces in the middle of many requests. The server takes both proofs for a while, as it does in a rotation. */
    private void assertNoneFails(Clients clients, Runnable replace, String before, String after) {
        accepted.addAll(Set.of(before, after));

        List<AccessToken> tokens = Flux.range(0, 600)
                .flatMap(
                        i -> {
                            if (i == 300) {
                                replace.run();
                            }
                            return asking.ask(clients);
                        },
                        16)
                .collectList()
                .blockOptional(SOON)
                .orElseThrow();

        assertThat(tokens).hasSize(600);
        assertThat(received.stream().map(ReplacedCredentialsTest::proof)).contains(before);
        received.clear();
        accepted.remove(before);
        assertThat(asking.ask(clients).blockOptional(SOON)).isPresent();
        assertThat(received.stream().map(ReplacedCredentialsTest::proof)).containsExactly(after);
    }

    private Path written(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void moved(String name, String text) {
        try {
            Files.move(written("new", text), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSecretOfTheHeader() {
        Clients clients = asking.clientOf(endpoint() + "client-secret-file: '" + written("secret", "one") + "'");

        assertNoneFails(clients, () -> moved("secret", "two"), basic("one"), basic("two"));
    }

    @Test
    void aSecretOfTheForm() {
        Clients clients = asking.clientOf(endpoint() + "authentication: client-secret-post, client-secret-file: '"
                + written("secret", "one") + "'");

        assertNoneFails(clients, () -> moved("secret", "two"), "one", "two");
    }

    /** In place: it is empty for a moment. */
    @Test
    void anAssertionThatIsWrittenOver() {
        Clients clients = asking.clientOf(
                endpoint() + "authentication: assertion-file, assertion-file: '" + written("token", "one") + "'");

        assertNoneFails(
                clients,
                () -> {
                    written("token", "");
                    asking.ask(clients).subscribe();
                    written("token", "two");
                },
                "one",
                "two");
    }

    @Test
    void aKeyAlsoByOneOfAnotherKind() {
        asking.bundles.registerBundle("client", rsa.bundle());
        Clients clients = asking.clientOf(endpoint() + "authentication: private-key-jwt, ssl-bundle: client");

        assertNoneFails(clients, () -> asking.bundles.updateBundle("client", p256.bundle()), "rsa", "p256");
    }

    /** One file has been replaced and the other not yet, or the new key cannot do what the configuration says. */
    @Test
    void aBundleThatCannotBeUsedChangesNothingAndIsTold() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(BundleValue.class);
        logger.addAppender(log);
        asking.bundles.registerBundle("client", rsa.bundle());
        Clients clients = asking.clientOf(
                endpoint() + "authentication: private-key-jwt, ssl-bundle: client, assertion-algorithm: PS256");
        accepted.add("rsa");

        asking.bundles.updateBundle("client", rsa.withCertificateOf(p256).bundle());
        asking.bundles.updateBundle("client", TestKey.bundleOfTrustIn(rsa));
        asking.bundles.updateBundle("client", p256.bundle());
        logger.detachAppender(log);

        assertThat(asking.ask(clients).blockOptional(SOON)).isPresent();
        assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
                .hasSize(3)
                .allMatch(line -> line.startsWith("procura.clients.gateway.ssl-bundle: ")
                        && line.contains("the last good one stays"));
    }

    /** An expired secret: the operator is told whose, the others go on, and a new file is all that it takes. */
    @Test
    void aRefusedSecretStopsItsOwnClientUntilTheFileIsReplaced() {
        written("secret", "expired");
        Clients clients = asking.clients("""
                gateway: { client-id: gateway, dialect: rfc8693, %1$s client-secret-file: '%2$s' }
                other: { client-id: gateway, dialect: rfc8693, %1$s client-secret: good }
                """.formatted(endpoint(), folder.resolve("secret")));
        accepted.addAll(Set.of(basic("good"), basic("renewed")));
        Pauses pauses = new Pauses(asking.clock);
        TokenSource source = new PausingTokenSource(
                new TokenEndpoints(clients, pauses, new Alarms(new SimpleMeterRegistry()), asking.clock), pauses);

        ProblemException refused = problem(source, clients, "gateway", "alice").orElseThrow();
        assertThat(refused.problem()).isEqualTo(Problem.CLIENT_REFUSED);
        assertThat(refused.reason()).contains("client=gateway ").doesNotContain("expired");
        assertThat(problem(source, clients, "gateway", "bob").orElseThrow().problem())
                .isEqualTo(Problem.CLIENT_REFUSED);
        assertThat(received).as("the server is left alone").hasSize(1);
        assertThat(problem(source, clients, "other", "alice")).isEmpty();

        moved("secret", "renewed");
        asking.clock.advance(refused.retryAfter().orElse(Pauses.AFTER_REFUSED_CREDENTIALS));

        assertThat(problem(source, clients, "gateway", "bob")).isEmpty();
    }

    private static Optional<ProblemException> problem(TokenSource source, Clients clients, String name, String user) {
        Client client = Objects.requireNonNull(clients.named(name));
        return source.token(
                        GrantExample.of(CallerExample.user(user)).client(client).onBehalfOf())
                .flatMap(token -> Mono.<ProblemException>empty())
                .onErrorResume(ProblemException.class, Mono::just)
                .blockOptional(SOON);
    }
}
