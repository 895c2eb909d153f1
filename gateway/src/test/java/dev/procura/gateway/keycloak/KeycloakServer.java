package dev.procura.gateway.keycloak;

import dev.procura.gateway.testkit.FreePort;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The Keycloak of the integration tests: realm {@code procura}, started once per JVM, shared by all test classes, gone
 * with the JVM. Clients and users are those of {@code keycloak/procura-realm.json}; a client's secret is its id and
 * {@code -secret}, a user's password the name and {@code -password}.
 */
public final class KeycloakServer {

    private static final String ADMIN = "admin";
    private static final String ADMIN_PASSWORD = "admin-password";
    private static final String REALM = "procura";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    /** Remembers a failure too: one clear message for every test class, not a start for each. */
    private static final FutureTask<KeycloakServer> SHARED = new FutureTask<>(KeycloakServer::start);

    private static final FutureTask<PartnerRealm> PARTNER = new FutureTask<>(() -> PartnerRealm.create(shared()));

    private final Requests requests = new Requests();
    private final URI issuer;
    private final URI tokenUri;
    private final KeycloakAdmin admin;
    private final LoginPage loginPage;

    private KeycloakServer(URI base) {
        this.issuer = URI.create(base + "/realms/" + REALM);
        this.tokenUri = URI.create(issuer + "/protocol/openid-connect/token");
        this.admin = new KeycloakAdmin(requests, base, REALM, ADMIN, ADMIN_PASSWORD);
        this.loginPage = new LoginPage(issuer);
    }

    /** The one server of this JVM; the first call starts it. */
    public static KeycloakServer shared() {
        return the(SHARED);
    }

    /** Whether it succeeds is told to whoever asks for the server. */
    static void beginStart() {
        SHARED.run();
    }

    /** The realm of another company on the same server; the first call makes it. */
    static PartnerRealm partner() {
        return the(PARTNER);
    }

    private static <T> T the(FutureTask<T> made) {
        made.run();
        try {
            return made.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Keycloak did not start: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Keycloak was starting", e);
        }
    }

    private static KeycloakServer start() {
        var wanted =
                new KeycloakRun.Wanted("/keycloak/procura-realm.json", REALM, ADMIN, ADMIN_PASSWORD, FreePort.find());
        KeycloakRun.start(wanted);
        return new KeycloakServer(wanted.base());
    }

    public String issuer() {
        return issuer.toString();
    }

    /** Another realm of the same server, as the issuer of its tokens. */
    String issuerOf(String realm) {
        return issuer.resolve("/realms/" + realm).toString();
    }

    public URI tokenUri() {
        return tokenUri;
    }

    public URI jwksUri() {
        return URI.create(issuer + "/protocol/openid-connect/certs");
    }

    public URI introspectionUri() {
        return URI.create(tokenUri + "/introspect");
    }

    /** Sign-outs, keys and whatever else an administrator does. */
    public KeycloakAdmin admin() {
        return admin;
    }

    public static String secretOf(String clientId) {
        return clientId + "-secret";
    }

    /** An access token of a new session of this user, signed in through {@code native-app}; its audience is the gateway. */
    public String passwordToken(String user) {
        return signIn(user).accessToken();
    }

    /** The whole answer to the sign-in: the refresh token too, and with the scope {@code openid} the ID token. */
    public Answer signIn(String user, String... scopes) {
        return signInThrough("native-app", user, scopes);
    }

    /** The same through this public client. */
    public Answer signInThrough(String clientId, String user, String... scopes) {
        return requests.form(
                tokenUri,
                with(
                        scopes,
                        Map.of(
                                "grant_type",
                                "password",
                                "client_id",
                                clientId,
                                "username",
                                user,
                                "password",
                                KeycloakAdmin.passwordOf(user))));
    }

    /** The same, but on the login page: what this public client gets for its code. */
    public Answer signInOnThePage(String clientId, String user) {
        LoginPage.Code code = loginPage.signIn(clientId, user);
        return requests.form(
                tokenUri,
                Map.of(
                        "grant_type",
                        "authorization_code",
                        "client_id",
                        clientId,
                        "redirect_uri",
                        LoginPage.REDIRECT_URI,
                        "code",
                        code.value(),
                        "code_verifier",
                        code.verifier()));
    }

    /** The client's own access token. */
    public String clientToken(String clientId, String... scopes) {
        return ask(clientId, with(scopes, Map.of("grant_type", "client_credentials")))
                .accessToken();
    }

    /** What the gateway asks: this client's standard token exchange. */
    public Answer exchange(String clientId, String subjectToken, String audience, String... scopes) {
        return ask(
                clientId,
                with(
                        scopes,
                        Map.of(
                                "grant_type", "urn:ietf:params:oauth:grant-type:token-exchange",
                                "subject_token", subjectToken,
                                "subject_token_type", ACCESS_TOKEN,
                                "audience", audience)));
    }

    /** Any form for the token endpoint, with the client's right secret. */
    public Answer ask(String clientId, Map<String, String> form) {
        return requests.form(tokenUri, clientId, secretOf(clientId), form);
    }

    /** RFC 7662, asked by this client. */
    public Answer introspect(String clientId, String token) {
        return requests.form(introspectionUri(), clientId, secretOf(clientId), Map.of("token", token));
    }

    private static Map<String, String> with(String[] scopes, Map<String, String> form) {
        var all = new LinkedHashMap<>(form);
        if (scopes.length > 0) {
            all.put("scope", String.join(" ", scopes));
        }
        return all;
    }
}
