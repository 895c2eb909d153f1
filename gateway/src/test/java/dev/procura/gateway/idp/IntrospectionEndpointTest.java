package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.inbound.Introspector;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.TokenValue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How an introspection endpoint is asked (RFC 7662 section 2.1). */
final class IntrospectionEndpointTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final ClientExample GOOD = ClientExample.keycloak("https://id.example.com/realms/corp");

    @Test
    void isAskedAsTheClientOfTheBlock() {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (LoopbackServer server = LoopbackServer.handling(request -> {
            heard.add(request.getRequestMethod() + " " + request.getRequestURI());
            heard.add(new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            for (String name : List.of("Authorization", "Accept", "Content-Type")) {
                heard.add(request.getRequestHeaders().getFirst(name));
            }
            LoopbackServer.answer(request, 200, "{\"active\":false}");
        })) {
            Introspector introspector =
                    clients().create("key", "corp", "gateway", URI.create(server.address() + "/introspect"));

            AuthorizationServerHttp.Answer answer = introspector
                    .ask(TokenValue.of("a+b/c=="))
                    .blockOptional(SOON)
                    .orElseThrow();

            assertThat(introspector.clientId()).isEqualTo("gateway");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.contentType()).contains("application/json");
            assertThat(answer.body()).isEqualTo("{\"active\":false}");
            assertThat(answer).asString().doesNotContain("active");
            assertThat(heard)
                    .isEqualTo(List.of(
                            "POST /introspect",
                            "token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token",
                            "Basic "
                                    + Base64.getEncoder()
                                            .encodeToString(("gateway:" + ClientExample.SECRET)
                                                    .getBytes(StandardCharsets.UTF_8)),
                            "application/token-introspection+jwt, application/json;q=0.9",
                            "application/x-www-form-urlencoded"));
        }
    }

    @Test
    void isAskedByAClientThatThereIs() {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> clients()
                        .create(
                                "procura.issuers.corp.introspection.client",
                                "corp",
                                "nobody",
                                URI.create("https://id.example.com/introspect")))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.issuers.corp.introspection.client");
                    assertThat(invalid.reason()).contains("names no block of procura.clients: nobody");
                    assertThat(invalid.example()).isEqualTo("client: gateway");
                });
    }

    /** The issuer's block may allow plain HTTP for itself; it is the client's secret that travels. */
    @Test
    void isAskedOverPlainHttpOnlyWhereTheClientsOwnBlockAllowsIt() {
        URI plain = URI.create("http://id.internal/introspect");

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(
                        () -> clients().create("procura.issuers.corp.introspection.client", "corp", "gateway", plain))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.issuers.corp.introspection.client");
                    assertThat(invalid.reason())
                            .contains("the secret of procura.clients.gateway over plain http")
                            .doesNotContain(ClientExample.SECRET);
                });

        assertThat(clients(GOOD.insecureHttp())
                        .create("key", "corp", "gateway", plain)
                        .clientId())
                .isEqualTo("gateway");
    }

    private static Clients clients() {
        return clients(GOOD);
    }

    private static Clients clients(ClientExample example) {
        return ClientExample.clients(Map.of("gateway", example.properties()), Set.of("corp"));
    }
}
