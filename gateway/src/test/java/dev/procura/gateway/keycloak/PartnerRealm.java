package dev.procura.gateway.keycloak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The realm {@code partner}: another company, which trusts the realm {@code procura} as an issuer of JWT authorization grants
 * (RFC 7523). Of our users, alice and dave are linked to users there; dave lacks the role that the scope {@code orders} wants.
 * Everybody else is unknown there.
 *
 * <p>Made through the admin API, because each realm names the other by an address that is known at the start only.
 */
final class PartnerRealm {

    private static final String FIRST = "/procura";
    private static final String SECOND = "/partner";
    private static final String PROVIDER = "corp";

    private final KeycloakServer keycloak;
    private final KeycloakAdmin admin;
    private final String issuer;

    private PartnerRealm(KeycloakServer keycloak) {
        this.keycloak = keycloak;
        this.admin = keycloak.admin();
        this.issuer = keycloak.issuerOf("partner");
    }

    static PartnerRealm create(KeycloakServer keycloak) {
        var realm = new PartnerRealm(keycloak);
        realm.setUpTheFirst();
        realm.setUpTheSecond();
        realm.link("alice");
        keycloak.admin().createUser("dave");
        realm.link("dave");
        realm.giveRole("alice");
        return realm;
    }

    String issuer() {
        return issuer;
    }

    /** Of the client {@code gateway}, and of {@code gateway-not-allowed}, whose grant names no identity provider. */
    static String secretOf(String client) {
        return client + "-partner-secret";
    }

    /** Whom the user is linked to. */
    String subjectOf(String user) {
        return idIn(SECOND, "/users?exact=true&username=" + user + ".partner");
    }

    /** Whether assertions of the first realm are taken at all. */
    void setTrust(boolean enabled) {
        var provider = new HashMap<>(provider());
        provider.put("enabled", enabled);
        admin.send("PUT", SECOND + "/identity-provider/instances/" + PROVIDER, provider);
    }

    void setEnabled(String user, boolean enabled) {
        admin.send("PUT", SECOND + "/users/" + subjectOf(user), Map.of("enabled", enabled));
    }

    /** In the first realm the second one is a client, which a scope of the gateway's puts into aud. */
    private void setUpTheFirst() {
        admin.send("POST", FIRST + "/clients", Map.of("clientId", issuer, "standardFlowEnabled", false));
        addScope(FIRST, "partner", issuer, List.of("gateway"));
    }

    private void setUpTheSecond() {
        admin.send("POST", "", Map.of("realm", "partner", "enabled", true));
        admin.send("POST", SECOND + "/roles", Map.of("name", "orders-user"));
        admin.send("POST", SECOND + "/identity-provider/instances", provider());
        admin.send("POST", SECOND + "/clients", Map.of("clientId", "orders-api", "standardFlowEnabled", false));
        addClient("gateway", Map.of("oauth2.jwt.authorization.grant.idp", PROVIDER));
        addClient("gateway-not-allowed", Map.of());
        String scope = addScope(SECOND, "orders", "orders-api", List.of("gateway", "gateway-not-allowed"));
        admin.send("POST", SECOND + "/client-scopes/" + scope + "/scope-mappings/realm", role());
    }

    private Map<String, Object> provider() {
        return Map.of(
                "alias",
                PROVIDER,
                "providerId",
                "jwt-authorization-grant",
                "enabled",
                true,
                "config",
                Map.of(
                        "issuer",
                        keycloak.issuer(),
                        "useJwksUrl",
                        "true",
                        "jwksUrl",
                        keycloak.jwksUri().toString()));
    }

    private void addClient(String id, Map<String, String> attributes) {
        var all = new HashMap<>(attributes);
        all.put("oauth2.jwt.authorization.grant.enabled", "true");
        admin.send(
                "POST",
                SECOND + "/clients",
                Map.of(
                        "clientId",
                        id,
                        "secret",
                        secretOf(id),
                        "standardFlowEnabled",
                        false,
                        "fullScopeAllowed",
                        false,
                        "attributes",
                        all));
    }

    private String addScope(String realm, String name, String audience, List<String> clients) {
        var mapper = Map.of(
                "name",
                "audience",
                "protocol",
                "openid-connect",
                "protocolMapper",
                "oidc-audience-mapper",
                "config",
                Map.of("included.client.audience", audience, "access.token.claim", "true"));
        admin.send(
                "POST",
                realm + "/client-scopes",
                Map.of(
                        "name",
                        name,
                        "protocol",
                        "openid-connect",
                        "attributes",
                        Map.of("include.in.token.scope", "true"),
                        "protocolMappers",
                        List.of(mapper)));
        var found = new ArrayList<String>();
        admin.get(realm + "/client-scopes").forEach(scope -> {
            if (scope.path("name").asString().equals(name)) {
                found.add(scope.path("id").asString());
            }
        });
        for (String client : clients) {
            admin.send(
                    "PUT",
                    realm + "/clients/" + idIn(realm, "/clients?clientId=" + client) + "/optional-client-scopes/"
                            + found.get(0),
                    Map.of());
        }
        return found.get(0);
    }

    private void link(String user) {
        admin.send(
                "POST",
                SECOND + "/users",
                Map.of(
                        "username",
                        user + ".partner",
                        "enabled",
                        true,
                        "firstName",
                        "Test",
                        "lastName",
                        "User",
                        "email",
                        user + "@partner.example.com",
                        "emailVerified",
                        true));
        String here = idIn(FIRST, "/users?exact=true&username=" + user);
        admin.send(
                "POST",
                SECOND + "/users/" + subjectOf(user) + "/federated-identity/" + PROVIDER,
                Map.of("identityProvider", PROVIDER, "userId", here, "userName", user));
    }

    private void giveRole(String user) {
        admin.send("POST", SECOND + "/users/" + subjectOf(user) + "/role-mappings/realm", role());
    }

    private List<Map<String, String>> role() {
        String id = admin.get(SECOND + "/roles/orders-user").path("id").asString();
        return List.of(Map.of("id", id, "name", "orders-user"));
    }

    private String idIn(String realm, String path) {
        return admin.get(realm + path).path(0).path("id").asString();
    }
}
