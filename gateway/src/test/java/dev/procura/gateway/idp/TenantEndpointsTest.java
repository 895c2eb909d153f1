package dev.procura.gateway.idp;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.fixture.IssuerExample;
import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.inbound.ProfileName;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import dev.procura.gateway.token.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A client that asks at each caller's own tenant: one place for each, and none of another's. */
class TenantEndpointsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String ID = "11aa22bb-0000-4000-8000-00000000000a";
    private static final String ONE = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String TWO = "8f5c2d3e-0000-4000-8000-000000000002";
    private static final String BROKEN = "8f5c2d3e-0000-4000-8000-00000000000f";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final LoopbackServer server = LoopbackServer.handling(request -> {
        String path = request.getRequestURI().getPath();
        asked.add(path);
        String tenant = path.split("/")[1];
        if (tenant.equals(BROKEN)) {
            LoopbackServer.answer(request, 500, "{}");
        } else if (path.endsWith("/.well-known/openid-configuration")) {
            String base = address() + "/" + tenant;
            LoopbackServer.answer(
                    request,
                    200,
                    "{\"issuer\":\"" + base + "/v2.0\",\"token_endpoint\":\"" + base + "/oauth2/v2.0/token\"}");
        } else {
            LoopbackServer.answer(request, 200, "{\"access_token\":\"at-" + tenant + "\",\"token_type\":\"Bearer\"}");
        }
    });

    @AfterEach
    void stop() {
        server.close();
    }

    private String address() {
        return server.address();
    }

    private static Clients clients(Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(Map.of("dialect", "entra", "client-id", ID, "client-secret", "s3cr3t"));
        all.putAll(settings);
        return Clients.of(
                Map.of(
                        "gateway",
                        new Binder(new MapConfigurationPropertySource(all))
                                .bind("", ClientProperties.class)
                                .get()),
                Map.of("ms", IssuerExample.block(ProfileName.ENTRA, null)),
                new DefaultSslBundleRegistry(),
                Clock.systemUTC());
    }

    private Clients atLoopback() {
        return clients(Map.of("issuer", address() + "/{tenantid}/v2.0"));
    }

    private static Mono<AccessToken> ask(Clients clients, String tenant) {
        Client client = ClientExample.registeredIn(clients).at(tenant);
        return new TokenEndpoints(
                        clients,
                        new Pauses(MutableClock.at(NOW)),
                        new Alarms(new SimpleMeterRegistry()),
                        MutableClock.at(NOW))
                .token(GrantExample.of(CallerExample.user("alice").claim("aud", ID))
                        .client(client)
                        .scopes("api://x/.default")
                        .onBehalfOf());
    }

    private static String given(Mono<AccessToken> answer) {
        return answer.blockOptional(SOON).orElseThrow().value().reveal();
    }

    private long discoveries(String tenant) {
        return asked.stream()
                .filter(path -> path.equals("/" + tenant + "/v2.0/.well-known/openid-configuration"))
                .count();
    }

    @Test
    void eachCallerIsAskedForAtHisOwnTenant() {
        Clients clients = atLoopback();

        assertThat(given(ask(clients, ONE))).isEqualTo("at-" + ONE);
        assertThat(given(ask(clients, TWO))).isEqualTo("at-" + TWO);
        assertThat(asked)
                .containsExactly(
                        "/" + ONE + "/v2.0/.well-known/openid-configuration",
                        "/" + ONE + "/oauth2/v2.0/token",
                        "/" + TWO + "/v2.0/.well-known/openid-configuration",
                        "/" + TWO + "/oauth2/v2.0/token");
    }

    @Test
    void aTenantsEndpointIsFoundOnceHoweverManyAsk() {
        Clients clients = atLoopback();
        List<String> tokens = Flux.range(0, 40)
                .flatMap(i -> ask(clients, i % 2 == 0 ? ONE : TWO), 40)
                .map(token -> token.value().reveal())
                .collectList()
                .blockOptional(SOON)
                .orElseThrow();

        assertThat(tokens).hasSize(40).containsOnly("at-" + ONE, "at-" + TWO);
        assertThat(discoveries(ONE)).isEqualTo(1);
        assertThat(discoveries(TWO)).isEqualTo(1);
    }

    @Test
    void aTenantThatCannotBeFoundTouchesNoOther() {
        Clients clients = atLoopback();

        assertThatThrownBy(() -> ask(clients, BROKEN).block(SOON))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.problem()).isEqualTo(Problem.AUTHORIZATION_SERVER_UNAVAILABLE));
        assertThat(given(ask(clients, ONE))).isEqualTo("at-" + ONE);
    }

    @Test
    void aTokenUriIsThatOfTheTenantToo() {
        Clients clients = clients(Map.of(
                "issuer", address() + "/{tenantid}/v2.0", "token-uri", address() + "/{tenantId}/oauth2/v2.0/token"));

        assertThat(given(ask(clients, TWO))).isEqualTo("at-" + TWO);
        assertThat(asked).containsExactly("/" + TWO + "/oauth2/v2.0/token");
    }

    /** A client of the right name with another address, tenant or issuer is none of ours. */
    @Test
    void onlyTheClientOfTheConfigurationAtATenantMayAsk() {
        Clients clients = atLoopback();
        Client client = ClientExample.registeredIn(clients);
        Client one = client.at(ONE);
        for (Client forged : List.of(
                new Client(
                        one.name(),
                        one.id(),
                        "https://evil.test/" + ONE,
                        one.dialect(),
                        one.tenant(),
                        one.issuers(),
                        one.traits(),
                        one.capabilities(),
                        one.subjectIssuers()),
                new Client(
                        one.name(),
                        one.id(),
                        one.server(),
                        one.dialect(),
                        Optional.of(TWO),
                        one.issuers(),
                        one.traits(),
                        one.capabilities(),
                        one.subjectIssuers()),
                new Client(
                        one.name(),
                        one.id(),
                        one.server(),
                        one.dialect(),
                        one.tenant(),
                        Set.of(),
                        one.traits(),
                        one.capabilities(),
                        one.subjectIssuers()))) {
            assertThatThrownBy(() -> clients.registered(forged)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(clients.registered(one).client()).isEqualTo(client);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "tenant, tenant=8f5c2d3e-0000-4000-8000-000000000001;issuer=https://login.microsoftonline.com/8f5c2d3e-0000-4000-8000-000000000001/v2.0",
        "tenant, tenant=8F5C2D3E-0000-4000-8000-000000000001;issuer=https://login.microsoftonline.com/{tenantid}/v2.0",
        "tenant, tenant=common;issuer=https://login.microsoftonline.com/{tenantid}/v2.0",
        "tenant, tenant=contoso.onmicrosoft.com;issuer=https://login.microsoftonline.com/{tenantid}/v2.0",
        "issuer, issuer=https://login.microsoftonline.com/8f5c2d3e-0000-4000-8000-000000000001/v2.0;token-uri=https://login.microsoftonline.com/{tenantid}/oauth2/v2.0/token",
        "token-uri, issuer=https://login.microsoftonline.com/{tenantid}/v2.0;token-uri=https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "issuer, issuer=https://login.microsoftonline.com/common/v2.0;token-uri=https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "issuer, issuer=https://login.microsoftonline.com/organizations/v2.0",
        "token-uri, token-uri=https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "issuer, issuer=https://login.microsoftonline.com/{tenant}/v2.0",
        "issuer, issuer=https://login.microsoftonline.com/{tenantid}/{policy}",
        "issuer, issuer=http://login.microsoftonline.com/{tenantid}/v2.0",
        "issuer, dialect=keycloak;issuer=https://id.example.com/{tenantid}",
        "token-uri, dialect=auth0;token-uri=https://id.example.com/{tenantid}/token",
        "client-capabilities, client-capabilities=cp 1;issuer=https://login.microsoftonline.com/{tenantid}/v2.0",
        "client-capabilities, dialect=okta;client-capabilities=cp1;issuer=https://id.example.com"
    })
    void whatCannotBeMeantStopsTheStart(String key, String settings) {
        Map<String, String> block = new TreeMap<>();
        for (String setting : settings.split(";")) {
            String[] parts = setting.split("=", 2);
            block.put(parts[0], parts[1]);
        }
        assertThatThrownBy(() -> clients(block)).isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
            assertThat(invalid.key()).isEqualTo("procura.clients.gateway." + key);
            assertThat(invalid.example()).isNotBlank();
        });
    }
}
