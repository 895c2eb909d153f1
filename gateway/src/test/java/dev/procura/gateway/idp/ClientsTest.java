package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.ServerTraits;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.Secret;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClientsTest {

    private static final ClientExample GOOD = ClientExample.keycloak("https://id.example.com/realms/corp");

    private static Clients clients(ClientExample... examples) {
        Map<String, ClientProperties> blocks = new LinkedHashMap<>();
        for (int i = 0; i < examples.length; i++) {
            blocks.put(i == 0 ? "gateway" : "gateway-" + i, examples[i].properties());
        }
        return ClientExample.clients(blocks, Set.of("corp", "partner"));
    }

    private static Client client(ClientExample example) {
        return ClientExample.registeredIn(clients(example));
    }

    static Stream<Arguments> settingsThatCannotWork() {
        return Stream.of(
                argumentSet("no dialect", GOOD.dialect(null), "dialect"),
                argumentSet("no client id", GOOD.clientId(null), "client-id"),
                argumentSet("an empty client id", GOOD.clientId(""), "client-id"),
                argumentSet("a blank client id", GOOD.clientId(" "), "client-id"),
                argumentSet("no secret", GOOD.secret(null), "client-secret"),
                argumentSet("an empty secret", GOOD.secret(""), "client-secret"),
                argumentSet("a blank secret", GOOD.secret(" \t"), "client-secret"),
                argumentSet("neither issuer nor token-uri", GOOD.issuer(null), "issuer"),
                argumentSet("an empty issuer", GOOD.issuer(""), "issuer"),
                argumentSet("an issuer that is no address", GOOD.issuer("corp"), "issuer"),
                argumentSet("an issuer without a host", GOOD.issuer("https:///realms/corp"), "issuer"),
                argumentSet("an issuer of another scheme", GOOD.issuer("ldap://id.example.com"), "issuer"),
                argumentSet("an issuer with a space", GOOD.issuer("https://id.example.com/a b"), "issuer"),
                argumentSet("an issuer with a password", GOOD.issuer("https://a:b@id.example.com"), "issuer"),
                argumentSet("an issuer without TLS", GOOD.issuer("http://id.example.com/realms/corp"), "issuer"),
                argumentSet(
                        "an issuer on a machine that calls itself local",
                        GOOD.issuer("http://localhost.example.com"),
                        "issuer"),
                argumentSet("an issuer template", GOOD.issuer("https://id.example.com/{tenantid}/v2.0"), "issuer"),
                argumentSet(
                        "an empty issuer beside a token-uri",
                        GOOD.issuer("").tokenUri("https://id.example.com/token"),
                        "issuer"),
                argumentSet("an empty token-uri", GOOD.tokenUri(""), "token-uri"),
                argumentSet("a token-uri that is no address", GOOD.tokenUri("/token"), "token-uri"),
                argumentSet("a token-uri without TLS", GOOD.tokenUri("http://id.example.com/token"), "token-uri"),
                argumentSet("a token-uri with a fragment", GOOD.tokenUri("https://id.example.com/#token"), "token-uri"),
                argumentSet(
                        "a token-uri template", GOOD.tokenUri("https://id.example.com/{tenantid}/token"), "token-uri"),
                argumentSet("an unknown subject issuer", GOOD.subjectIssuers("corp", "corps"), "subject-issuers"),
                argumentSet("an empty subject issuer", GOOD.subjectIssuers(""), "subject-issuers"),
                argumentSet(
                        "a secret where only signed assertions count",
                        GOOD.dialect(DialectName.TOKENX),
                        "authentication"),
                argumentSet("no call at all", GOOD.maxInFlight(0), "max-in-flight"),
                argumentSet("fewer calls than none", GOOD.maxInFlight(-1), "max-in-flight"),
                argumentSet("more calls than ports", GOOD.maxInFlight(10_001), "max-in-flight"),
                argumentSet("no time", GOOD.timeout(Duration.ZERO), "timeout"),
                argumentSet("a time backwards", GOOD.timeout(Duration.ofSeconds(-5)), "timeout"),
                argumentSet(
                        "too long a time", GOOD.timeout(Duration.ofMinutes(1).plusMillis(1)), "timeout"));
    }

    @ParameterizedTest
    @MethodSource("settingsThatCannotWork")
    void aSettingThatCannotWorkIsNamedWithAnExample(ClientExample wrong, String key) {
        assertThatThrownBy(() -> clients(wrong)).isInstanceOfSatisfying(InvalidSetting.class, invalid -> {
            assertThat(invalid.key()).isEqualTo("procura.clients.gateway." + key);
            assertThat(invalid.reason()).isNotBlank();
            assertThat(invalid.example()).isNotBlank();
            assertThat(invalid.getMessage()).doesNotContain("s3cret-word");
        });
    }

    @Test
    void theBlockIsNamedInWhichItStands() {
        assertThatThrownBy(() -> clients(GOOD, GOOD, GOOD.secret(null)))
                .isInstanceOfSatisfying(
                        InvalidSetting.class,
                        invalid -> assertThat(invalid.key()).isEqualTo("procura.clients.gateway-2.client-secret"));
    }

    static Stream<Arguments> addressesThatMayBeAsked() {
        return Stream.of(
                argumentSet("with TLS", GOOD),
                argumentSet("on this machine", GOOD.issuer("http://127.0.0.1:9000/realms/corp")),
                argumentSet("on this machine by its name", GOOD.issuer("http://localhost:9000")),
                argumentSet("on this machine in six", GOOD.issuer("http://[::1]:9000")),
                argumentSet(
                        "without TLS where that is said",
                        GOOD.issuer("http://id.internal").insecureHttp()),
                argumentSet("a token-uri", GOOD.tokenUri("https://sts.example.com/token")),
                argumentSet("a token-uri alone", GOOD.issuer(null).tokenUri("https://sts.example.com/token")));
    }

    @ParameterizedTest
    @MethodSource("addressesThatMayBeAsked")
    void anAddressThatMayBeAskedIsTaken(ClientExample good) {
        assertThat(client(good).id()).isEqualTo("gateway");
    }

    @Test
    void aClientIsWhatItsBlockSays() {
        assertThat(client(GOOD.subjectIssuers("partner", "corp")))
                .isEqualTo(new Client(
                        "gateway",
                        "gateway",
                        "https://id.example.com/realms/corp",
                        "KEYCLOAK",
                        Optional.empty(),
                        Set.of("https://id.example.com/realms/corp"),
                        ServerTraits.standard()
                                .adding(Scopes.of("openid", "profile", "email", "address", "phone"))
                                .grantingLess(),
                        Set.of(),
                        Set.of("corp", "partner")));
    }

    @Test
    void aTokenUriIsWhereItIsAskedAndTheIssuerIsWhatIsJudged() {
        Client both = client(GOOD.tokenUri("https://sts.example.com/token"));
        Client alone = client(GOOD.issuer(null).tokenUri("https://sts.example.com/token"));

        assertThat(both.server()).isEqualTo("https://sts.example.com/token");
        assertThat(both.issuers()).contains("https://id.example.com/realms/corp");
        assertThat(alone.server()).isEqualTo("https://sts.example.com/token");
        assertThat(alone.issuers()).isEmpty();
    }

    @Test
    void serversOfTheStandardAddNoScopesAndGrantNoLess() {
        for (DialectName dialect : List.of(DialectName.RFC8693, DialectName.SPRING)) {
            Client client = client(GOOD.dialect(dialect));

            assertThat(client.dialect()).isEqualTo(dialect.name());
            assertThat(client.traits()).isEqualTo(ServerTraits.standard());
        }
    }

    static Stream<Arguments> addressesOfB2c() {
        String b2c = "https://contoso.b2clogin.com/8f5c2d3e-0000-4000-8000-000000000001/v2.0/";
        String elsewhere = "https://login.example.com/token";
        return Stream.of(
                argumentSet("its issuer", GOOD.issuer(b2c), true),
                argumentSet("its token-uri", GOOD.tokenUri(b2c), true),
                argumentSet("its token-uri alone", GOOD.issuer(null).tokenUri(b2c), true),
                argumentSet("its issuer, asked elsewhere", GOOD.issuer(b2c).tokenUri(elsewhere), true),
                argumentSet("neither", GOOD.tokenUri(elsewhere), false),
                argumentSet("no issuer", GOOD.issuer(null).tokenUri(elsewhere), false));
    }

    /** A proxy before it gives B2C no flow that it does not have. */
    @ParameterizedTest
    @MethodSource("addressesOfB2c")
    void aClientAtB2cCannotActForUsersWhereverItIsAsked(ClientExample example, boolean ofB2c) {
        assertThat(clients(example).whyNo(GrantKind.ON_BEHALF_OF, "gateway").isPresent())
                .isEqualTo(ofB2c);
        assertThat(clients(example).whyNo(GrantKind.ON_BEHALF_OF, "other")).isEmpty();
    }

    @Test
    void knowsItsClientsByName() {
        Clients clients = clients(GOOD, GOOD.clientId("orders-api"));

        assertThat(clients.names()).containsExactly("gateway", "gateway-1");
        assertThat(clients.named("gateway-1"))
                .isNotNull()
                .extracting(Client::id)
                .isEqualTo("orders-api");
        assertThat(clients.named("other")).isNull();
    }

    @Test
    void aClientThatIsNoneOfItsOwnCannotAsk() {
        Clients clients = clients(GOOD);

        assertThatThrownBy(() -> clients.registered(GrantExample.named("other")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> clients.registered(GrantExample.named("gateway")))
                .as("the same name with another server")
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noSecretIsPrinted() {
        Clients clients = clients(GOOD);
        Client client = ClientExample.registeredIn(clients);

        assertThat(clients.registered(client).toString()).doesNotContain("s3cret-word");
        assertThat(GOOD.properties().toString()).doesNotContain("s3cret-word");
        assertThat(client.toString()).doesNotContain("s3cret-word");
        assertThat(Secret.of("s3cret-word").toString()).doesNotContain("s3cret-word");
    }
}
