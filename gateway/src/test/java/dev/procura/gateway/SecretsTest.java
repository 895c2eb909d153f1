package dev.procura.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.procura.gateway.console.ManagementProperties;
import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.CredentialPlan;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.credential.OutboundCredential;
import dev.procura.gateway.credential.Target;
import dev.procura.gateway.fixture.CacheExample;
import dev.procura.gateway.fixture.RuleExample;
import dev.procura.gateway.idp.ClientAuthenticationMethod;
import dev.procura.gateway.idp.ClientProperties;
import dev.procura.gateway.idp.Clients;
import dev.procura.gateway.idp.DialectName;
import dev.procura.gateway.inbound.AuthorizationServerHttp;
import dev.procura.gateway.inbound.Caller;
import dev.procura.gateway.inbound.Groups;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.inbound.SignIn;
import dev.procura.gateway.inbound.TokenUse;
import dev.procura.gateway.policy.AccessPolicy;
import dev.procura.gateway.policy.Decision;
import dev.procura.gateway.token.AccessToken;
import dev.procura.gateway.token.Claims;
import dev.procura.gateway.token.Scopes;
import dev.procura.gateway.token.Secret;
import dev.procura.gateway.token.TokenValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.util.unit.DataSize;

/** Whatever holds a secret or a token prints it nowhere (rule 9). */
final class SecretsTest {

    private static final String SECRET = "hunter2.hunter2.hunter2";
    private static final TokenValue TOKEN = TokenValue.of(SECRET);
    private static final Instant END = Instant.parse("2026-03-01T12:00:00Z");

    /** Names under which a plain text is probably a secret. */
    private static final Pattern SUSPICIOUS = Pattern.compile(
            ".*(secret|password|token|credential|assertion|authorization|cookie|body|form|private).*",
            Pattern.CASE_INSENSITIVE);

    @ParameterizedTest(name = "{0}")
    @MethodSource("holders")
    void isNotPrintedBy(String what, Object holder) {
        assertThat(holder.toString()).doesNotContain(SECRET, "hunter2");
        assertThat(List.of(Optional.of(holder), holder).toString()).doesNotContain("hunter2");
    }

    static Stream<Arguments> holders() {
        Caller.Known caller = caller();
        Client client = client();
        Target target = new Target(
                Optional.of("orders-api"), Optional.empty(), Scopes.none(), Scopes.none(), Target.SubjectRule.SAME);
        AccessToken issued = new AccessToken(TOKEN, Optional.of(END), Optional.of(Scopes.of("orders")));
        return Stream.of(
                Arguments.of("a secret", Secret.of(SECRET)),
                Arguments.of("a token value", TOKEN),
                Arguments.of("its fingerprint", TOKEN.fingerprint()),
                Arguments.of("an access token", issued),
                Arguments.of("claims", Claims.of(Map.of("sub", SECRET, "act", Map.of("sub", SECRET)))),
                Arguments.of("a caller", caller),
                Arguments.of("a permit", permit(caller)),
                Arguments.of(
                        "a grant for a caller",
                        new Grant.OnBehalfOf(
                                client, target, caller, Optional.of(new Actor.CallingApi(caller)), Optional.empty())),
                Arguments.of(
                        "an assertion",
                        new Grant.Assertion(
                                client,
                                target,
                                TOKEN,
                                new Grant.OnBehalfOf(
                                        client,
                                        target,
                                        caller,
                                        Optional.of(new Actor.ProvenGateway(
                                                new Grant.ClientCredentials(client, target), TOKEN)),
                                        Optional.empty()))),
                Arguments.of("a grant for the gateway", new Grant.ClientCredentials(client, target)),
                Arguments.of(
                        "a plan",
                        new CredentialPlan.OnBehalfOf(
                                client, target, CredentialPlan.AppCallers.REJECT, Optional.empty(), Optional.empty())),
                Arguments.of("what goes outbound", new OutboundCredential.Bearer(TOKEN, Optional.of(TOKEN))),
                Arguments.of(
                        "an answer",
                        new AuthorizationServerHttp.Answer(200, Optional.empty(), Optional.empty(), SECRET)),
                Arguments.of("a client's settings", clientProperties()),
                Arguments.of("a client", client),
                Arguments.of("the clients", clients()),
                Arguments.of("the whole configuration", configuration()));
    }

    /** A text in a field with such a name is printed by a generated toString, unless it is of a type that hides it. */
    @Test
    void standsInTypesOfItsOwnOrInOnesThatPrintThemselves() {
        assertThat(new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("dev.procura.gateway")
                                .stream()
                                .filter(JavaClass::isRecord)
                                .filter(SecretsTest::printsItsFields)
                                .flatMap(type -> type.getFields().stream())
                                .filter(field -> isPlainText(field)
                                        && SUSPICIOUS.matcher(field.getName()).matches())
                                .map(JavaField::getFullName))
                // Addresses and names beside the secrets, not secrets.
                .containsExactlyInAnyOrder(
                        "dev.procura.gateway.idp.ClientProperties.assertionAudience",
                        "dev.procura.gateway.idp.ClientProperties.tokenUri",
                        "dev.procura.gateway.inbound.IssuerProperties$Introspection.tokenPrefix",
                        "dev.procura.gateway.route.RouteProperties$CredentialSettings.clientCredentials",
                        "dev.procura.gateway.route.RouteProperties$CredentialSettings.subjectTokenType");
    }

    /** The generated one is final. */
    private static boolean printsItsFields(JavaClass record) {
        return record.getMethod("toString").getModifiers().contains(JavaModifier.FINAL);
    }

    private static boolean isPlainText(JavaField field) {
        return !field.getModifiers().contains(JavaModifier.STATIC)
                && (field.getRawType().isEquivalentTo(String.class)
                        || field.getRawType().isArray());
    }

    private static Caller.Known caller() {
        return new Caller.Known(
                "corp",
                new Identity("https://id.example.com", Optional.empty(), Map.of("sub", "alice")),
                Caller.Kind.USER,
                Optional.of("native-app"),
                Set.of("gateway"),
                Scopes.of("orders.read"),
                Set.of(),
                new Groups.Listed(Set.of()),
                SignIn.untold(),
                TokenUse.ACCESS_TOKEN,
                TOKEN,
                END,
                Claims.of(Map.of("sub", "alice", "email", SECRET)));
    }

    private static Decision permit(Caller.Known caller) {
        return AccessPolicy.decide(
                RuleExample.restricted(
                        Set.of("corp"),
                        Set.of("gateway"),
                        EnumSet.of(Caller.Kind.USER),
                        Scopes.none(),
                        Scopes.none(),
                        Set.of(),
                        Set.of(),
                        Optional.empty()),
                caller,
                Optional.empty(),
                Instant.EPOCH);
    }

    private static Client client() {
        Clients clients = clients();
        return Objects.requireNonNull(clients.named("gateway"));
    }

    private static Clients clients() {
        return Clients.of(
                Map.of("gateway", clientProperties()), Map.of(), new DefaultSslBundleRegistry(), Clock.systemUTC());
    }

    private static ClientProperties clientProperties() {
        return new ClientProperties(
                "https://id.example.com",
                null,
                DialectName.RFC8693,
                null,
                "gateway",
                ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                Secret.of(SECRET),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                List.of(),
                Duration.ofSeconds(5),
                64,
                false);
    }

    private static ProcuraProperties configuration() {
        return new ProcuraProperties(
                null,
                Map.of(),
                Map.of("gateway", clientProperties()),
                List.of(),
                CacheExample.of(
                        10, DataSize.ofMegabytes(1), Duration.ofHours(1), Duration.ofSeconds(10), Duration.ZERO),
                new ProcuraProperties.UserContextProperties(List.of()),
                new DelegationProperties(5, 5),
                new ManagementProperties(null),
                Duration.ZERO);
    }
}
