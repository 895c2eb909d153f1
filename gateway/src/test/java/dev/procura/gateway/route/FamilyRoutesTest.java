package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.policy.AccessRule;
import dev.procura.gateway.problem.InvalidSetting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes that a family of servers cannot serve, or would open too wide; and the demands on a sign-in. */
final class FamilyRoutesTest {

    private static final String TENANT = "8f5c2d3e-0000-4000-8000-000000000001";
    private static final String SETTINGS = """
            issuers:
              azure: { profile: entra, issuer: https://login.microsoftonline.com/%s/v2.0, audiences: [gateway] }
              corp: { issuer: https://id.example.com/corp, audiences: [gateway] }
            clients:
              gateway: { issuer: https://id.example.com/corp, dialect: rfc8693, client-id: gateway, client-secret: s }
              b2c: { issuer: https://contoso.b2clogin.com/%s/v2.0/, token-uri: %s, dialect: rfc8693, client-id: b2c, client-secret: s }
            routes:
              - id: a
                path: /a
                uri: https://a.internal
            """.formatted(
                    TENANT, TENANT, "https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_x/oauth2/v2.0/token");

    @Test
    void noUserIsActedForAtB2c() {
        InvalidSetting invalid = refused("credential: { on-behalf-of: b2c, audience: x }");

        assertThat(invalid.key()).isEqualTo("procura.routes[0].credential.on-behalf-of");
        assertThat(invalid.reason()).contains("names b2c", "no on-behalf-of flow", "user-context: signed");
    }

    @Test
    void theGatewayMayActForItselfAtB2c() {
        assertThat(rule("credential: { client-credentials: b2c, audience: x, user-context: signed }"))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "caller: app",
                "caller: any",
                "caller: any, issuers: [azure]",
                "caller: app, actors: [x]",
                "caller: app, acr: [x]"
            })
    void entrasApplicationsAreNotLetInAllTogether(String require) {
        InvalidSetting invalid = refused("require: { " + require + " }\n    credential: { pass-through: true }");

        assertThat(invalid.key()).isEqualTo("procura.routes[0].require.caller");
        assertThat(invalid.reason()).contains("issuer azure", "every application of the tenant");
        // The example is one that works.
        assertThat(rule(invalid.example() + "\n    credential: { pass-through: true }"))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "caller: user",
                "caller: app, roles: [orders.process]",
                "caller: app, clients: [daemon]",
                "caller: any, scopes: [orders]",
                "caller: app, issuers: [corp]"
            })
    void someOfEntrasApplicationsMayBe(String require) {
        assertThat(rule("require: { " + require + " }\n    credential: { pass-through: true }"))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "' '", "'a b'", "'a\"b'", "'a\\b'", "'ä'"})
    void anAuthenticationContextCanStandInAChallenge(String acr) {
        assertThat(refused("require: { acr: [gold, " + acr + "] }\n    credential: { pass-through: true }")
                        .key())
                .isEqualTo("procura.routes[0].require.acr");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "999ms", "-5m"})
    void aSignInMayBeASecondOldAtLeast(String maxAge) {
        assertThat(refused("require: { max-age: " + maxAge + " }\n    credential: { pass-through: true }")
                        .key())
                .isEqualTo("procura.routes[0].require.max-age");
    }

    @ParameterizedTest
    @ValueSource(strings = {"groups: ['']", "actors: [' ']"})
    void aNameIsNotEmpty(String require) {
        assertThat(refused("require: { " + require + " }\n    credential: { pass-through: true }")
                        .key())
                .startsWith("procura.routes[0].require.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"groups: [a]", "actors: [a]", "acr: [a]", "max-age: 5m"})
    void whoeverIsAnyoneCanMeetNoDemand(String require) {
        assertThat(refused("require: { caller: anyone, " + require + " }\n    credential: { none: true }")
                        .key())
                .isEqualTo("procura.routes[0].require.caller");
    }

    @Test
    void theDemandsAreThoseOfTheConfiguration() {
        AccessRule.Restricted rule = (AccessRule.Restricted) rule("""
                require: { groups: [staff], actors: [orders-api], acr: [z, a], max-age: 5m }
                    credential: { pass-through: true }""");

        assertThat(rule.groups()).containsExactly("staff");
        assertThat(rule.actors()).containsExactly("orders-api");
        assertThat(rule.acr()).isEqualTo(List.of("z", "a"));
        assertThat(rule.maxAge()).contains(Duration.ofMinutes(5));
    }

    private static InvalidSetting refused(String route) {
        InvalidSetting[] found = new InvalidSetting[1];
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> rule(route))
                .satisfies(e -> found[0] = e);
        return found[0];
    }

    private static AccessRule rule(String route) {
        return TestRoutes.of(SETTINGS + "    " + route + "\n").route("a").rule();
    }
}
