package dev.procura.gateway.idp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.procura.gateway.credential.Actor;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.fixture.CallerExample;
import dev.procura.gateway.fixture.GrantExample;
import dev.procura.gateway.token.TokenValue;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What leaves for each vendor's token endpoint: every field that its documentation names, and no other. */
class VendorFormsTest {

    private static final String EXCHANGE = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String JWT_BEARER = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String OWN = "grant_type=client_credentials";
    private static final String SUBJECT = "subject_token=token-of-alice";
    private static final String ACCESS_TOKEN = "subject_token_type=urn:ietf:params:oauth:token-type:access_token";
    private static final String REQUESTED = "requested_token_type=urn:ietf:params:oauth:token-type:access_token";
    private static final String ASSERTION = "assertion=token-of-alice";
    private static final String AUDIENCE = "audience=orders-api";
    private static final String SCOPE = "scope=orders orders.write";
    private static final String USE = "requested_token_use=on_behalf_of";
    private static final String CLIENT_ID = "client_id=gateway";

    private static final GrantExample PLAIN = GrantExample.ofAlice();
    private static final GrantExample SCOPED = PLAIN.scopes("orders.write", "orders");
    private static final GrantExample ENTRA = PLAIN.scopes("api://orders/.default");
    private static final GrantExample ENTRA_V1 = PLAIN.onlyResource("https://orders.contoso.test");
    private static final Actor OWN_ACTOR =
            new Actor.ProvenGateway(PLAIN.audience("gateway").clientCredentials(), TokenValue.of("own-token"));
    private static final String PRIVATE = "https://example.com/tokens/gateway";

    static Stream<Arguments> forms() {
        return Stream.of(
                row(
                        "auth0",
                        DialectName.AUTH0,
                        PLAIN.onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        ACCESS_TOKEN,
                        REQUESTED,
                        AUDIENCE),
                row(
                        "auth0 with scopes",
                        DialectName.AUTH0,
                        SCOPED.onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        ACCESS_TOKEN,
                        REQUESTED,
                        AUDIENCE,
                        SCOPE),
                row(
                        "auth0 with an actor, which on-behalf-of takes none of",
                        DialectName.AUTH0,
                        PLAIN.actor(CallerExample.app("orders-api")).onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        ACCESS_TOKEN,
                        REQUESTED,
                        AUDIENCE),
                row(
                        "auth0 custom",
                        DialectName.AUTH0,
                        SCOPED.subjectTokenType(PRIVATE).onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        "subject_token_type=" + PRIVATE,
                        AUDIENCE,
                        SCOPE),
                row(
                        "auth0 custom with an actor",
                        DialectName.AUTH0,
                        PLAIN.subjectTokenType(PRIVATE).actor(OWN_ACTOR).onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        "subject_token_type=" + PRIVATE,
                        "actor_token=own-token",
                        "actor_token_type=urn:ietf:params:oauth:token-type:access_token",
                        AUDIENCE),
                row("auth0 in its own name", DialectName.AUTH0, SCOPED.clientCredentials(), OWN, AUDIENCE),
                row("okta", DialectName.OKTA, SCOPED.onBehalfOf(), EXCHANGE, SUBJECT, ACCESS_TOKEN, SCOPE, AUDIENCE),
                row(
                        "okta with an actor, which it takes none of",
                        DialectName.OKTA,
                        SCOPED.actor(CallerExample.app("orders-api")).onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        ACCESS_TOKEN,
                        SCOPE,
                        AUDIENCE),
                row("okta in its own name", DialectName.OKTA, SCOPED.clientCredentials(), OWN, SCOPE),
                row(
                        "tokenx",
                        DialectName.TOKENX,
                        PLAIN.audience("prod-gcp:team:orders").onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        "subject_token_type=urn:ietf:params:oauth:token-type:jwt",
                        "audience=prod-gcp:team:orders"),
                row(
                        "entra",
                        DialectName.ENTRA,
                        ENTRA.onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "scope=api://orders/.default"),
                row(
                        "entra with named scopes",
                        DialectName.ENTRA,
                        PLAIN.scopes("api://orders/Read", "api://orders/Write").onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "scope=api://orders/Read api://orders/Write"),
                row(
                        "entra with an actor, which it takes none of",
                        DialectName.ENTRA,
                        ENTRA.actor(CallerExample.app("orders-api")).onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "scope=api://orders/.default"),
                row(
                        "entra with capabilities",
                        DialectName.ENTRA,
                        ENTRA.capabilities("cp1").onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "scope=api://orders/.default",
                        "claims={\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}"),
                row(
                        "entra with claims that a tier has asked for",
                        DialectName.ENTRA,
                        ENTRA.claims("{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}")
                                .onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "scope=api://orders/.default",
                        "claims={\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}"),
                row(
                        "entra with both",
                        DialectName.ENTRA,
                        ENTRA.capabilities("cp1")
                                .claims("{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}")
                                .onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "scope=api://orders/.default",
                        "claims={\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"},"
                                + "\"xms_cc\":{\"values\":[\"cp1\"]}}}"),
                row(
                        "entra in its own name",
                        DialectName.ENTRA,
                        ENTRA.capabilities("cp1").clientCredentials(),
                        OWN,
                        CLIENT_ID,
                        "scope=api://orders/.default"),
                row(
                        "azure ad v1",
                        DialectName.ENTRA_V1,
                        ENTRA_V1.onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "resource=https://orders.contoso.test",
                        "scope=openid"),
                row(
                        "azure ad v1 with an audience that is not sent",
                        DialectName.ENTRA_V1,
                        ENTRA_V1.audience("11aa22bb-0000-4000-8000-00000000000b")
                                .onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        USE,
                        CLIENT_ID,
                        "resource=https://orders.contoso.test",
                        "scope=openid"),
                row(
                        "azure ad v1 in its own name",
                        DialectName.ENTRA_V1,
                        ENTRA_V1.clientCredentials(),
                        OWN,
                        CLIENT_ID,
                        "resource=https://orders.contoso.test"),
                row("rfc 7523", DialectName.RFC7523, PLAIN.onBehalfOf(), JWT_BEARER, ASSERTION),
                row(
                        "rfc 7523 with everything",
                        DialectName.RFC7523,
                        SCOPED.resource("https://orders.example.com")
                                .actor(CallerExample.app("orders-api"))
                                .onBehalfOf(),
                        JWT_BEARER,
                        ASSERTION,
                        "resource=https://orders.example.com",
                        SCOPE),
                row("rfc 7523 in its own name", DialectName.RFC7523, SCOPED.clientCredentials(), OWN, SCOPE),
                row(
                        "the second step of a chain",
                        DialectName.RFC7523,
                        SCOPED.resource("https://orders.example.com").assertion("a.b.c"),
                        JWT_BEARER,
                        "assertion=a.b.c",
                        "resource=https://orders.example.com",
                        SCOPE),
                row(
                        "the second step at keycloak",
                        DialectName.KEYCLOAK,
                        SCOPED.assertion("a.b.c"),
                        JWT_BEARER,
                        "assertion=a.b.c",
                        SCOPE),
                row(
                        "the first step of a chain, which asks for no type",
                        DialectName.RFC8693,
                        PLAIN.onlyResource("https://as.birch.test")
                                .forAuthorizationServer()
                                .onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        ACCESS_TOKEN,
                        "resource=https://as.birch.test"),
                row(
                        "a subject token type of the server's own",
                        DialectName.RFC8693,
                        PLAIN.subjectTokenType("urn:ietf:params:oauth:token-type:jwt")
                                .onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        "subject_token_type=urn:ietf:params:oauth:token-type:jwt",
                        REQUESTED,
                        AUDIENCE),
                row(
                        "the gateway as the actor",
                        DialectName.RFC8693,
                        PLAIN.actor(OWN_ACTOR).onBehalfOf(),
                        EXCHANGE,
                        SUBJECT,
                        ACCESS_TOKEN,
                        "actor_token=own-token",
                        "actor_token_type=urn:ietf:params:oauth:token-type:access_token",
                        REQUESTED,
                        AUDIENCE));
    }

    private static Arguments row(String name, DialectName dialect, Grant grant, String... fields) {
        return argumentSet(name, dialect, grant, List.of(fields));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isAskedWithWhatItDocumentsAndNothingElse(DialectName dialect, Grant grant, List<String> fields) {
        List<String> sent = Stream.of(dialect.dialect().form(grant).encode().split("&"))
                .map(field -> URLDecoder.decode(field, StandardCharsets.UTF_8))
                .toList();

        assertThat(sent).containsExactlyInAnyOrderElementsOf(fields);
    }

    /** How each vendor documents the assertion of a client: audience, life, algorithm of an RSA key, thumbprint. */
    @ParameterizedTest
    @CsvSource({
        "RFC8693, TOKEN_ENDPOINT, 60, 600, RS256, NONE",
        "RFC7523, TOKEN_ENDPOINT, 60, 600, RS256, NONE",
        "KEYCLOAK, ISSUER, 60, 600, RS256, NONE",
        "SPRING, ISSUER, 60, 600, RS256, NONE",
        "AUTH0, ISSUER, 60, 600, RS256, NONE",
        "OKTA, TOKEN_ENDPOINT, 60, 600, RS256, NONE",
        "TOKENX, ISSUER, 60, 120, RS256, NONE",
        "ENTRA, TOKEN_ENDPOINT, 300, 600, PS256, X5T_S256",
        "ENTRA_V1, TOKEN_ENDPOINT, 300, 600, PS256, X5T_S256",
    })
    void anAssertionIsWhatTheVendorDocuments(
            DialectName dialect,
            AssertionDefaults.Audience audience,
            long life,
            long longestLife,
            AssertionAlgorithm withRsa,
            AssertionThumbprint thumbprint) {
        AssertionDefaults defaults = dialect.dialect().assertionDefaults();

        assertThat(defaults.audience()).isEqualTo(audience);
        assertThat(defaults.life()).hasSeconds(life);
        assertThat(defaults.longestLife()).hasSeconds(longestLife);
        assertThat(defaults.withRsa()).isEqualTo(withRsa);
        assertThat(defaults.thumbprintWith(withRsa)).isEqualTo(thumbprint);
    }

    /** The older of Entra's two shapes. */
    @Test
    void entraTakesTheShaOneThumbprintWithRs256() {
        for (DialectName dialect : List.of(DialectName.ENTRA, DialectName.ENTRA_V1)) {
            assertThat(dialect.dialect().assertionDefaults().thumbprintWith(AssertionAlgorithm.RS256))
                    .isEqualTo(AssertionThumbprint.X5T);
        }
    }

    /** Nobody would know with which token. */
    @Test
    void theGatewayIsNoActorBeforeItsOwnTokenIsThere() {
        Grant.OnBehalfOf grant = PLAIN.actor(
                        new Actor.Gateway(PLAIN.audience("gateway").clientCredentials()))
                .onBehalfOf();

        assertThatThrownBy(() -> DialectName.RFC8693.dialect().form(grant))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(DialectName.class)
    void aChainIsNeverAskedForInOneStep(DialectName dialect) {
        assertThatThrownBy(() -> dialect.dialect().form(PLAIN.after(PLAIN)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(DialectName.class)
    void whatADialectDoesNotGiveIsNotAskedOfIt(DialectName dialect) {
        if (!dialect.dialect().grants().contains(GrantKind.ASSERTION)) {
            assertThatThrownBy(() -> dialect.dialect().form(PLAIN.assertion("a.b.c")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        if (!dialect.dialect().grants().contains(GrantKind.CLIENT_CREDENTIALS)) {
            assertThatThrownBy(() -> dialect.dialect().form(PLAIN.clientCredentials()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(dialect.dialect().grants()).contains(GrantKind.ON_BEHALF_OF);
    }
}
