package dev.procura.gateway.keycloak;

import java.net.URI;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What an administrator of the realm can do to the tests. The server is shared: put back what you take away. */
public final class KeycloakAdmin {

    private final Requests requests;
    private final URI tokenUri;
    private final URI realmsUri;
    private final URI realmUri;
    private final String name;
    private final String password;

    KeycloakAdmin(Requests requests, URI base, String realm, String name, String password) {
        this.requests = requests;
        this.tokenUri = URI.create(base + "/realms/master/protocol/openid-connect/token");
        this.realmsUri = URI.create(base + "/admin/realms");
        this.realmUri = URI.create(base + "/admin/realms/" + realm);
        this.name = name;
        this.password = password;
    }

    static String passwordOf(String user) {
        return user + "-password";
    }

    /** Ends every session of the user: at Keycloak, the tokens of those sessions are worth nothing from now on. */
    public void logout(String user) {
        requests.json("POST", at("/users/" + idOf(user) + "/logout"), token(), Map.of())
                .expect(204);
    }

    /** Ends one session, named by the claim {@code sid} of its tokens. */
    public void endSession(String sid) {
        requests.delete(at("/sessions/" + sid), token()).expect(204);
    }

    public void setEnabled(String user, boolean enabled) {
        requests.json("PUT", at("/users/" + idOf(user)), token(), Map.of("enabled", enabled))
                .expect(204);
    }

    /** A user of this name, without roles of the realm's own. */
    public void createUser(String user) {
        var credential = Map.of("type", "password", "value", passwordOf(user), "temporary", false);
        requests.json(
                        "POST",
                        at("/users"),
                        token(),
                        Map.of(
                                "username",
                                user,
                                "enabled",
                                true,
                                "firstName",
                                "Test",
                                "lastName",
                                "User",
                                "email",
                                user + "@example.com",
                                "emailVerified",
                                true,
                                "credentials",
                                List.of(credential)))
                .expect(201);
    }

    public void deleteUser(String user) {
        requests.delete(at("/users/" + idOf(user)), token()).expect(204);
    }

    /** From now on the client has to sign its assertions with the key of this certificate. */
    public void authenticateByCertificate(String clientId, byte[] der) {
        changeClient(
                clientId,
                "client-jwt",
                Map.of(
                        "use.jwks.string",
                        "false",
                        "jwt.credential.certificate",
                        Base64.getEncoder().encodeToString(der)));
    }

    /** From now on the client has to sign its assertions with one of these keys. */
    public void authenticateByKeySet(String clientId, String keySet) {
        changeClient(clientId, "client-jwt", Map.of("use.jwks.string", "true", "jwks.string", keySet));
    }

    /** As the realm has it. */
    public void authenticateBySecret(String clientId) {
        changeClient(clientId, "client-secret", Map.of());
    }

    private void changeClient(String clientId, String authenticator, Map<String, String> attributes) {
        JsonNode found = requests.get(at("/clients?clientId=" + clientId), token())
                .expect(200)
                .body()
                .path(0);
        Map<String, Object> client = new LinkedHashMap<>();
        found.properties().forEach(member -> client.put(member.getKey(), member.getValue()));
        Map<String, Object> all = new LinkedHashMap<>();
        found.path("attributes").properties().forEach(member -> all.put(member.getKey(), member.getValue()));
        all.putAll(attributes);
        client.put("attributes", all);
        client.put("clientAuthenticatorType", authenticator);
        client.put("secret", KeycloakServer.secretOf(clientId));
        requests.json("PUT", at("/clients/" + found.path("id").asString()), token(), client)
                .expect(204);
    }

    /** For another realm: a path below /admin/realms. */
    JsonNode get(String path) {
        return requests.get(URI.create(realmsUri + path), token()).expect(200).body();
    }

    /** The same for changes. */
    void send(String method, String path, Object body) {
        requests.json(method, URI.create(realmsUri + path), token(), body).expectSuccess();
    }

    /** The {@code kid} of the key that signs now. */
    public String signingKey() {
        return keys().path("active").path("RS256").asString();
    }

    /** Adds a key that signs from now on, and stays beside the old one in the key set; returns its {@code kid}. */
    public String addSigningKey() {
        long highest = 0;
        for (JsonNode key : keys().path("keys")) {
            highest = Math.max(highest, key.path("providerPriority").asLong());
        }
        String realmId =
                requests.get(realmUri, token()).expect(200).body().path("id").asString();
        requests.json(
                        "POST",
                        at("/components"),
                        token(),
                        Map.of(
                                "name",
                                "signing-" + (highest + 1),
                                "parentId",
                                realmId,
                                "providerId",
                                "rsa-generated",
                                "providerType",
                                "org.keycloak.keys.KeyProvider",
                                "config",
                                Map.of(
                                        "priority", List.of(Long.toString(highest + 1)),
                                        "algorithm", List.of("RS256"),
                                        "keySize", List.of("2048"))))
                .expect(201);
        return signingKey();
    }

    /** Takes the key out of the key set at once; tokens that it signed are worth nothing to Keycloak from now on. */
    public void withdrawSigningKey(String kid) {
        for (JsonNode key : keys().path("keys")) {
            if (key.path("kid").asString("").equals(kid)) {
                requests.delete(at("/components/" + key.path("providerId").asString()), token())
                        .expect(204);
                return;
            }
        }
        throw new IllegalArgumentException("no key " + kid);
    }

    private JsonNode keys() {
        return requests.get(at("/keys"), token()).expect(200).body();
    }

    private String idOf(String user) {
        JsonNode found = requests.get(at("/users?exact=true&username=" + user), token())
                .expect(200)
                .body();
        if (found.size() != 1) {
            throw new IllegalArgumentException("no user " + user);
        }
        return found.path(0).path("id").asString();
    }

    private URI at(String path) {
        return URI.create(realmUri + path);
    }

    /** Asked for anew each time: it lives for a minute. */
    private String token() {
        return requests.form(
                        tokenUri,
                        Map.of(
                                "grant_type",
                                "password",
                                "client_id",
                                "admin-cli",
                                "username",
                                name,
                                "password",
                                password))
                .accessToken();
    }
}
