package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What each kind of authorization server is sent, field by field: nothing is missing and nothing is there beside it. */
class DialectFormsTest {

    private static final String EXCHANGE = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String OWN = "grant_type=client_credentials";
    private static final String SUBJECT = "subject_token=token-of-alice";
    private static final String SUBJECT_TYPE = "subject_token_type=urn:ietf:params:oauth:token-type:access_token";
    private static final String ACTOR = "actor_token=token-of-orders-api";
    private static final String ACTOR_TYPE = "actor_token_type=urn:ietf:params:oauth:token-type:access_token";
    private static final String REQUESTED = "requested_token_type=urn:ietf:params:oauth:token-type:access_token";
    private static final String AUDIENCE = "audience=orders-api";
    private static final String RESOURCE = "resource=https://orders.example.com/v2?x=1";
    private static final String SCOPE = "scope=orders orders.write";

    private static final GrantExample PLAIN = GrantExample.ofAlice();
    private static final GrantExample SCOPED = PLAIN.scopes("orders.write", "orders");
    private static final GrantExample ACTED = PLAIN.actor(CallerExample.app("orders-api"));
    private static final GrantExample RESOURCED = PLAIN.resource("https://orders.example.com/v2?x=1");
    private static final GrantExample ONLY_RESOURCE = PLAIN.onlyResource("https://orders.example.com/v2?x=1");
    private static final GrantExample ALL =
            RESOURCED.scopes("orders.write", "orders").actor(CallerExample.app("orders-api"));

    static Stream<Arguments> formsOfTheStandard() {
        return Stream.of(
                argumentSet(
                        "on behalf of",
                        PLAIN.onBehalfOf(),
                        List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, REQUESTED, AUDIENCE)),
                argumentSet(
                        "with scopes",
                        SCOPED.onBehalfOf(),
                        List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, REQUESTED, AUDIENCE, SCOPE)),
                argumentSet(
                        "with a resource",
                        RESOURCED.onBehalfOf(),
                        List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, REQUESTED, AUDIENCE, RESOURCE)),
                argumentSet(
                        "with a resource alone",
                        ONLY_RESOURCE.onBehalfOf(),
                        List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, REQUESTED, RESOURCE)),
                argumentSet(
                        "with an actor",
                        ACTED.onBehalfOf(),
                        List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, ACTOR, ACTOR_TYPE, REQUESTED, AUDIENCE)),
                argumentSet(
                        "with everything",
                        ALL.onBehalfOf(),
                        List.of(
                                EXCHANGE,
                                SUBJECT,
                                SUBJECT_TYPE,
                                ACTOR,
                                ACTOR_TYPE,
                                REQUESTED,
                                AUDIENCE,
                                RESOURCE,
                                SCOPE)),
                argumentSet("in its own name", PLAIN.clientCredentials(), List.of(OWN, AUDIENCE)),
                argumentSet("in its own name with scopes", SCOPED.clientCredentials(), List.of(OWN, AUDIENCE, SCOPE)),
                argumentSet(
                        "in its own name with a resource alone",
                        ONLY_RESOURCE.clientCredentials(),
                        List.of(OWN, RESOURCE)),
                argumentSet(
                        "in its own name with everything",
                        ALL.clientCredentials(),
                        List.of(OWN, AUDIENCE, RESOURCE, SCOPE)));
    }

    @ParameterizedTest
    @MethodSource("formsOfTheStandard")
    void aServerOfTheStandardIsAskedToTheLetter(Grant grant, List<String> fields) {
        assertThat(fields(DialectName.RFC8693, grant)).containsExactlyInAnyOrderElementsOf(fields);
        assertThat(fields(DialectName.SPRING, grant)).containsExactlyInAnyOrderElementsOf(fields);
    }

    static Stream<Arguments> formsForKeycloak() {
        return Stream.of(
                argumentSet("on behalf of", PLAIN.onBehalfOf(), List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, AUDIENCE)),
                argumentSet(
                        "with scopes", SCOPED.onBehalfOf(), List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, AUDIENCE, SCOPE)),
                argumentSet(
                        "with an actor and a resource, which it takes neither of",
                        ALL.onBehalfOf(),
                        List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, AUDIENCE, SCOPE)),
                argumentSet(
                        "with a resource alone, which is its audience",
                        ONLY_RESOURCE.onBehalfOf(),
                        List.of(EXCHANGE, SUBJECT, SUBJECT_TYPE, "audience=https://orders.example.com/v2?x=1")),
                argumentSet("in its own name", PLAIN.clientCredentials(), List.of(OWN)),
                argumentSet("in its own name with everything", ALL.clientCredentials(), List.of(OWN, SCOPE)));
    }

    @ParameterizedTest
    @MethodSource("formsForKeycloak")
    void keycloakIsAskedWithWhatItTakes(Grant grant, List<String> fields) {
        assertThat(fields(DialectName.KEYCLOAK, grant)).containsExactlyInAnyOrderElementsOf(fields);
    }

    @ParameterizedTest
    @EnumSource(
            value = DialectName.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ENTRA", "ENTRA_V1"})
    void noFormHoldsWhatIsForTheRouteAlone(DialectName dialect) {
        Grant grant = PLAIN.scopes("orders").allowScopes("audit").mapped().onBehalfOf();

        assertThat(dialect.dialect().form(grant).encode())
                .doesNotContain("audit")
                .doesNotContain("client_id")
                .doesNotContain("client_secret");
    }

    @ParameterizedTest
    @EnumSource(
            value = DialectName.class,
            names = {"RFC8693", "KEYCLOAK", "SPRING", "AUTH0", "OKTA"})
    void everyValueIsEncodedSoThatItStaysOneValue(DialectName dialect) {
        String audience = "a&scope=admin=1 +%2B;ü\"#";
        Grant grant = PLAIN.subject(CallerExample.user("alice").token("a.b-c_d~e+f/g=="))
                .audience(audience)
                .scopes("s&audience=x", "ö")
                .onBehalfOf();

        String form = dialect.dialect().form(grant).encode();

        assertThat(form).matches("[A-Za-z0-9._*+%=&-]*").contains("subject_token=a.b-c_d%7Ee%2Bf%2Fg%3D%3D");
        assertThat(fields(dialect, grant))
                .contains("audience=" + audience, "scope=s&audience=x ö", "subject_token=a.b-c_d~e+f/g==");
        assertThat(Stream.of(form.split("&")).filter(field -> field.startsWith("audience=")))
                .hasSize(1);
    }

    @Test
    void aFormPrintsItsNamesAndNoValues() {
        Form form = DialectName.RFC8693.dialect().form(ALL.onBehalfOf()).add("client_secret", "s3cret-word");

        assertThat(form.toString())
                .contains("subject_token", "client_secret")
                .doesNotContain("token-of-alice")
                .doesNotContain("token-of-orders-api")
                .doesNotContain("s3cret-word");
    }

    /** As the server reads them: {@code name=value}, decoded. */
    private static List<String> fields(DialectName dialect, Grant grant) {
        return Stream.of(dialect.dialect().form(grant).encode().split("&"))
                .map(field -> URLDecoder.decode(field, StandardCharsets.UTF_8))
                .toList();
    }
}
