package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Metadata is looked for in two places, must name the issuer it was fetched for, and leads to secure addresses only. */
final class ServerMetadataTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String OPENID = "/realms/corp/.well-known/openid-configuration";
    private static final String RFC_8414 = "/.well-known/oauth-authorization-server/realms/corp";

    private final LoopbackServer server = LoopbackServer.start();
    private final String issuer = server.origin() + "/realms/corp";
    private final AuthorizationServerHttp http = AuthorizationServerHttp.create("test", 4, Duration.ofSeconds(5));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void isFoundWhereOpenIdConnectPutsIt() {
        server.answer(OPENID, 200, document(issuer, "https://id.example.com/keys"));

        finds(new ServerMetadata(
                Optional.of(URI.create("https://id.example.com/keys")),
                Optional.of(URI.create("https://id.example.com/token")),
                Optional.of(URI.create("https://id.example.com/token"))));
        assertThat(server.askedPaths()).containsExactly(OPENID);
    }

    /** RFC 8705 section 5. */
    @Test
    void mayNameAnAliasForClientsWithACertificate() {
        server.answer(OPENID, 200, """
                {"issuer":"%s","token_endpoint":"https://id.example.com/token",
                 "mtls_endpoint_aliases":{"token_endpoint":"https://mtls.example.com/token"}}
                """.formatted(issuer));

        finds(new ServerMetadata(
                Optional.empty(),
                Optional.of(URI.create("https://id.example.com/token")),
                Optional.of(URI.create("https://mtls.example.com/token"))));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410, 429})
    void isLookedForWhereRfc8414PutsItWhenTheFirstPlaceHasNone(int status) {
        server.answer(OPENID, status, "no");
        server.answer(RFC_8414, 200, document(issuer, "https://id.example.com/keys"));

        StepVerifier.create(discover(Optional.empty()))
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);
        assertThat(server.askedPaths()).containsExactly(OPENID, RFC_8414);
    }

    @ParameterizedTest(name = "{0} and {1}: missing {2}")
    @CsvSource({
        "404, 404, true",
        "410, 410, true",
        "404, 410, true",
        "401, 404, false",
        "403, 404, false",
        "429, 404, false",
        "400, 404, false",
        "404, 401, false",
        "404, 403, false",
        "404, 429, false",
        "403, 403, false",
        "404, 503, false",
        "404, 302, false"
    })
    void isMissingOnlyWhereNobodySaysAnythingButNotFound(int openid, int rfc8414, boolean missing) {
        server.answer(OPENID, openid, "no");
        server.answer(RFC_8414, rfc8414, "no");

        StepVerifier.create(discover(Optional.empty()))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(IOException.class)
                        .matches(error -> error instanceof ServerMetadata.Missing == missing))
                .verify(SOON);
        assertThat(server.askedPaths()).containsExactly(OPENID, RFC_8414);
    }

    @ParameterizedTest
    @CsvSource({"404, true", "410, true", "401, false", "403, false", "429, false"})
    void isMissingAtAConfiguredPlaceByTheSameRule(int status, boolean missing) {
        server.answer("/metadata", status, "no");

        StepVerifier.create(discover(Optional.of(server.uri("/metadata"))))
                .expectErrorMatches(failure -> failure instanceof ServerMetadata.Missing == missing)
                .verify(SOON);
    }

    /** What was said before is no part of the answer to the next question. */
    @Test
    void isJudgedAnewEachTimeItIsAskedFor() {
        Mono<ServerMetadata> metadata = discover(Optional.empty());
        server.answer(OPENID, 403, "no");
        StepVerifier.create(metadata)
                .expectErrorMatches(failure -> !(failure instanceof ServerMetadata.Missing))
                .verify(SOON);

        server.answer(OPENID, 404, "no");
        StepVerifier.create(metadata).expectError(ServerMetadata.Missing.class).verify(SOON);
    }

    @ParameterizedTest(name = "issuer …{0}: {1}, {2}")
    @CsvSource({
        "'', /.well-known/openid-configuration, /.well-known/oauth-authorization-server",
        "/, /.well-known/openid-configuration, /.well-known/oauth-authorization-server",
        "/t, /t/.well-known/openid-configuration, /.well-known/oauth-authorization-server/t",
        "/t/, /t/.well-known/openid-configuration, /.well-known/oauth-authorization-server/t",
        "/a%20b, /a%20b/.well-known/openid-configuration, /.well-known/oauth-authorization-server/a%20b"
    })
    void isLookedForInTheTwoPlacesThatFollowFromTheIssuer(String path, String first, String second) {
        fails(ServerMetadata.discover(http, server.origin() + path, Optional.empty(), false));

        assertThat(server.askedPaths()).containsExactly(first, second);
    }

    @Test
    void isLookedForInOnePlaceOnlyWhenThatIsConfigured() {
        server.answer("/metadata", 200, document(issuer, "https://id.example.com/keys"));

        StepVerifier.create(discover(Optional.of(server.uri("/metadata"))))
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);
        assertThat(server.askedPaths()).containsExactly("/metadata");

        fails(discover(Optional.of(server.uri("/elsewhere"))));
        assertThat(server.askedPaths()).containsExactly("/metadata", "/elsewhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/realms/other", "/realms/corp/", "/realms/CORP", "x"})
    void isRefusedWhenItNamesAnotherIssuer(String other) {
        server.answer(OPENID, 200, document(server.origin() + other, "https://id.example.com/keys"));
        server.answer(RFC_8414, 200, document(issuer, "https://id.example.com/keys"));

        fails(discover(Optional.empty()));
    }

    @Test
    void isRefusedFromAConfiguredPlaceTooWhenItNamesAnotherIssuer() {
        server.answer("/metadata", 200, document("https://evil.example", "https://evil.example/keys"));

        fails(discover(Optional.of(server.uri("/metadata"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "[]", "\"x\"", "<html></html>", "{", "{}", "{\"issuer\":1}", "{\"issuer\":null}"})
    void isRefusedWhenItIsNoDocumentOfTheIssuer(String body) {
        server.answer(OPENID, 200, body);

        fails(discover(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void isNotFollowedElsewhere(int status) {
        server.answer(OPENID, status, Map.of("Location", server.origin() + "/elsewhere"));
        server.answer("/elsewhere", 200, document(issuer, "https://evil.example/keys"));

        fails(discover(Optional.empty()));
        assertThat(server.askedPaths()).doesNotContain("/elsewhere");
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 204})
    void isAnErrorWhenTheServerFails(int status) {
        server.answer(OPENID, status, Map.of());

        fails(discover(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://id.example.com/keys",
                "http://10.0.0.1/keys",
                "http://127.0.0.1.example.com/keys",
                "//id.example.com/keys",
                "/keys",
                "file:///etc/passwd",
                "ftp://id.example.com/keys",
                "https://user@id.example.com/keys",
                "https://id.example.com/ keys"
            })
    void isRefusedWhenItLeadsToAnAddressThatMustNotBeCalled(String address) {
        server.answer(OPENID, 200, document(issuer, address));

        fails(discover(Optional.empty()));
    }

    @Test
    void mayLeadToPlainHttpOnThisMachineOrWhereTheBlockSaysSo() {
        server.answer(OPENID, 200, document(issuer, "http://127.0.0.1:9/keys"));
        StepVerifier.create(discover(Optional.empty()))
                .expectNextCount(1)
                .expectComplete()
                .verify(SOON);

        server.answer(OPENID, 200, document(issuer, "http://id.internal/keys"));
        StepVerifier.create(ServerMetadata.discover(http, issuer, Optional.empty(), true)
                        .map(metadata -> metadata.jwksUri().orElseThrow()))
                .expectNext(URI.create("http://id.internal/keys"))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void mayNameNoAddressAtAll() {
        server.answer(OPENID, 200, "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":7}");

        finds(new ServerMetadata(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private void finds(ServerMetadata expected) {
        StepVerifier.create(discover(Optional.empty()))
                .expectNext(expected)
                .expectComplete()
                .verify(SOON);
    }

    private static void fails(Mono<ServerMetadata> metadata) {
        StepVerifier.create(metadata).expectError(IOException.class).verify(SOON);
    }

    private Mono<ServerMetadata> discover(Optional<URI> metadataUri) {
        return ServerMetadata.discover(http, issuer, metadataUri, false);
    }

    private static String document(String issuer, String jwksUri) {
        return "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\",\"token_endpoint\":\"https://id.example.com/token\"}"
                .formatted(issuer, jwksUri);
    }
}
