package dev.procura.gateway.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.gateway.token.Claims;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How Keycloak's tokens are read. The claim sets are those that Keycloak 26.7.3 was seen to issue; they differ in what is
 * listed here, and share the rest.
 */
final class KeycloakProfileTest {

    private static final Profile PROFILE = new KeycloakProfile();
    private static final String ID = ":6e69c00d-1637-b1de-a223-23b8c4ca18c0";

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("measured")
    void tellsWhoStandsBehindAToken(String what, Caller.Kind kind, Map<String, Object> claims) {
        assertThat(PROFILE.kind(Claims.of(claims))).isEqualTo(kind);
    }

    static Stream<Arguments> measured() {
        Map<String, Object> alice = user("alice", "native-app", "onrtro");
        Map<String, Object> daemon = serviceAccount("daemon", "trrtcc");
        Map<String, Object> refreshing =
                with(serviceAccount("daemon-with-refresh", "onrtcc"), "sid", "9T_beEbO3EFHmpVx5SYhmNtW");
        return Stream.of(
                // Users.
                seen("a user by password", Caller.Kind.USER, alice),
                seen("a user by authorization code", Caller.Kind.USER, user("alice", "native-app", "onrtac")),
                seen("a user after a refresh", Caller.Kind.USER, user("alice", "native-app", "onrtrt")),
                seen("a user with an offline session", Caller.Kind.USER, user("alice", "native-app", "ofrtro")),
                seen("a user, exchanged", Caller.Kind.USER, user("alice", "gateway", "ntrtte")),
                seen("a user, exchanged twice", Caller.Kind.USER, user("alice", "orders-api", "ntrtte")),
                seen("a user, exchanged from an offline session", Caller.Kind.USER, user("alice", "gateway", "ftrtte")),
                seen(
                        "a user who signed in through a client that has a service account",
                        Caller.Kind.USER,
                        user("alice", "daemon", "onrtro")),
                seen(
                        "a user of an older server",
                        Caller.Kind.USER,
                        with(alice, "jti", "6e69c00d-1637-b1de-a223-23b8c4ca18c0")),
                // A user can give up a user's standing by a name, and gain no application's.
                seen(
                        "a user named service-account-nobody",
                        Caller.Kind.UNKNOWN,
                        with(alice, "preferred_username", "service-account-nobody")),
                seen(
                        "a user named after the client",
                        Caller.Kind.UNKNOWN,
                        with(alice, "preferred_username", "service-account-native-app")),
                seen(
                        "the same in capitals",
                        Caller.Kind.UNKNOWN,
                        with(alice, "preferred_username", "Service-Account-X")),
                seen(
                        "a user named after the client of an exchange",
                        Caller.Kind.UNKNOWN,
                        with(user("alice", "gateway", "ntrtte"), "preferred_username", "service-account-gateway")),
                // Applications.
                seen("a service account", Caller.Kind.APP, daemon),
                seen(
                        "a service account of an older server",
                        Caller.Kind.APP,
                        with(daemon, "jti", "685a755f-d0fd-475e-a9e8")),
                seen("a service account with a refresh token", Caller.Kind.APP, refreshing),
                seen("the same after a refresh", Caller.Kind.APP, with(refreshing, "jti", "onrtrt" + ID)),
                // What proves neither.
                seen(
                        "a service account, exchanged",
                        Caller.Kind.UNKNOWN,
                        without(
                                with(serviceAccount("daemon", "trrtte"), "azp", "gateway"),
                                "client_id",
                                "clientHost",
                                "clientAddress")),
                seen(
                        "a service account, exchanged by its own client",
                        Caller.Kind.UNKNOWN,
                        without(serviceAccount("daemon", "trrtte"), "client_id", "clientHost", "clientAddress")),
                seen(
                        "a service account, exchanged, its requester without the scope profile",
                        Caller.Kind.UNKNOWN,
                        without(
                                with(serviceAccount("daemon", "trrtte"), "azp", "gateway"),
                                "client_id",
                                "clientHost",
                                "clientAddress",
                                "preferred_username")),
                seen(
                        "a service account with a refresh token, exchanged",
                        Caller.Kind.UNKNOWN,
                        with(with(refreshing, "jti", "ntrtte" + ID), "azp", "gateway")),
                seen(
                        "the same with its own client as the requester",
                        Caller.Kind.UNKNOWN,
                        with(refreshing, "jti", "ntrtte" + ID)),
                seen(
                        "a service account without the scope service_account",
                        Caller.Kind.APP,
                        without(daemon, "client_id", "clientHost", "clientAddress")),
                seen(
                        "the same without the scope profile",
                        Caller.Kind.APP,
                        without(daemon, "client_id", "clientHost", "clientAddress", "preferred_username")),
                seen(
                        "the same of an older server",
                        Caller.Kind.UNKNOWN,
                        with(
                                without(daemon, "client_id", "clientHost", "clientAddress", "preferred_username"),
                                "jti",
                                "685a755f-d0fd-475e-a9e8")),
                seen(
                        "a service account with a refresh token, without the scope service_account",
                        Caller.Kind.APP,
                        without(refreshing, "client_id", "clientHost", "clientAddress")),
                seen(
                        "the same without the scope profile",
                        Caller.Kind.APP,
                        without(refreshing, "client_id", "clientHost", "clientAddress", "preferred_username")),
                seen(
                        "the same with the scope profile after a refresh",
                        Caller.Kind.UNKNOWN,
                        without(with(refreshing, "jti", "onrtrt" + ID), "client_id", "clientHost", "clientAddress")),
                // Nothing but a session is left in this one, which a user's has too.
                seen(
                        "the same without both scopes after a refresh",
                        Caller.Kind.UNKNOWN,
                        without(
                                with(refreshing, "jti", "onrtrt" + ID),
                                "client_id",
                                "clientHost",
                                "clientAddress",
                                "preferred_username")),
                seen(
                        "the same, exchanged by a client without both scopes",
                        Caller.Kind.UNKNOWN,
                        without(
                                with(with(refreshing, "jti", "ntrtte" + ID), "azp", "gateway"),
                                "client_id",
                                "clientHost",
                                "clientAddress",
                                "preferred_username")),
                seen(
                        "a light service account",
                        Caller.Kind.APP,
                        Map.of("sub", "685a755f", "typ", "Bearer", "azp", "daemon", "jti", "trltcc" + ID)),
                seen("a transient session", Caller.Kind.UNKNOWN, user("alice", "native-app", "trrtag")),
                seen("no session", Caller.Kind.UNKNOWN, without(alice, "sid")),
                seen("an empty session", Caller.Kind.UNKNOWN, with(alice, "sid", "")),
                seen("a session that is no string", Caller.Kind.UNKNOWN, with(alice, "sid", 1)),
                // Marks that contradict the rest.
                seen("a user with a client_id", Caller.Kind.UNKNOWN, with(alice, "client_id", "daemon")),
                seen(
                        "a user with the mark of an older server",
                        Caller.Kind.UNKNOWN,
                        with(alice, "clientId", "native-app")),
                seen("a user with a client's host", Caller.Kind.UNKNOWN, with(alice, "clientHost", "127.0.0.1")),
                seen("a user with a client's address", Caller.Kind.UNKNOWN, with(alice, "clientAddress", "127.0.0.1")),
                seen("a client_id that is no string", Caller.Kind.UNKNOWN, with(alice, "client_id", 1)),
                seen(
                        "a user's grant with a service account's marks",
                        Caller.Kind.UNKNOWN,
                        with(alice, "client_id", "native-app")),
                seen("a service account of another client", Caller.Kind.UNKNOWN, with(daemon, "azp", "other")),
                seen("a service account without azp", Caller.Kind.UNKNOWN, without(daemon, "azp")));
    }

    @Test
    void findsTheClientInAzpAlone() {
        assertThat(PROFILE.clientId(Claims.of(user("alice", "native-app", "onrtro"))))
                .contains("native-app");
        assertThat(PROFILE.clientId(Claims.of(Map.of("client_id", "daemon")))).isEmpty();
    }

    @Test
    void findsRealmRolesAsTheyAreAndClientRolesUnderTheirClient() {
        Claims claims = Claims.of(Map.of(
                "realm_access",
                Map.of("roles", List.of("report-reader")),
                "resource_access",
                Map.of(
                        "account",
                        Map.of("roles", List.of("manage-account", "view-profile")),
                        "billing",
                        Map.of("roles", List.of("admin")))));

        assertThat(PROFILE.roles(claims))
                .containsExactlyInAnyOrder(
                        "report-reader", "account:manage-account", "account:view-profile", "billing:admin");
    }

    @Test
    void neverTakesAClientsRoleForTheRealms() {
        Claims claims = Claims.of(Map.of("resource_access", Map.of("evil", Map.of("roles", List.of("report-reader")))));

        assertThat(PROFILE.roles(claims)).doesNotContain("report-reader");
    }

    @Test
    void neverTakesARealmRoleForAClients() {
        Claims claims = Claims.of(Map.of("realm_access", Map.of("roles", List.of("billing:admin"))));

        assertThat(PROFILE.roles(claims)).doesNotContain("billing:admin");
    }

    @Test
    void findsNoRolesInOtherShapes() {
        assertThat(PROFILE.roles(Claims.of(Map.of(
                        "roles",
                        List.of("a"),
                        "realm_access",
                        List.of("b"),
                        "resource_access",
                        Map.of("account", List.of("c"), "billing", Map.of("roles", Map.of("d", true)))))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ID", "Refresh", "Offline", "Serialized-ID", "Logout", "DPoP", "bearer", "BEARER"})
    void takesOnlyBearerForAnAccessToken(String type) {
        assertThat(PROFILE.use("jwt", Claims.of(Map.of("typ", type)))).isNotEqualTo(TokenUse.ACCESS_TOKEN);
        assertThat(PROFILE.use("jwt", Claims.of(Map.of("typ", "Bearer")))).isEqualTo(TokenUse.ACCESS_TOKEN);
    }

    private static Arguments seen(String what, Caller.Kind kind, Map<String, Object> claims) {
        return Arguments.of(what, kind, claims);
    }

    private static Map<String, Object> user(String name, String client, String encoded) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("jti", encoded + ID);
        claims.put("iss", "http://127.0.0.1:19080/realms/procura");
        claims.put("aud", List.of("gateway", "account"));
        claims.put("sub", "788694f2-a96c-4f92-bab9-91421c1fc96e");
        claims.put("typ", "Bearer");
        claims.put("azp", client);
        claims.put("sid", "a_QohyROMEr-PQAQZDGiVFaa");
        claims.put("acr", "1");
        claims.put("scope", "profile email orders.read");
        claims.put("preferred_username", name);
        return claims;
    }

    private static Map<String, Object> serviceAccount(String client, String encoded) {
        Map<String, Object> claims = without(user("service-account-" + client, client, encoded), "sid");
        claims.put("clientHost", "127.0.0.1");
        claims.put("clientAddress", "127.0.0.1");
        claims.put("client_id", client);
        return claims;
    }

    private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(claims);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, Object> without(Map<String, Object> claims, String... names) {
        Map<String, Object> changed = new LinkedHashMap<>(claims);
        changed.keySet().removeAll(List.of(names));
        return changed;
    }
}
