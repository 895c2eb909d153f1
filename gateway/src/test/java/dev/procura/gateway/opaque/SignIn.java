package dev.procura.gateway.opaque;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A user's browser and the app that sent the user to sign in: the code flow, with PKCE. */
final class SignIn {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final String CALLBACK = "http://127.0.0.1:8123/callback";

    private final Calls browser;
    private final String app;
    private final String verifier = UUID.randomUUID().toString() + UUID.randomUUID();

    SignIn(Calls browser, String app) {
        this.browser = browser;
        this.app = app;
    }

    /** The code that came back to the app. */
    String code(String user, String password, String scope) {
        Matcher csrf = CSRF.matcher(browser.get("/login", Map.of()).body());
        if (!csrf.find()) {
            throw new AssertionError("the login page has no form");
        }
        Calls.expect(
                302, browser.post("/login", Map.of("username", user, "password", password, "_csrf", csrf.group(1))));
        HttpResponse<String> answer = browser.get(
                "/oauth2/authorize",
                Map.of(
                        "response_type",
                        "code",
                        "client_id",
                        app,
                        "redirect_uri",
                        CALLBACK,
                        "scope",
                        scope,
                        "code_challenge_method",
                        "S256",
                        "code_challenge",
                        challenge()));
        String query =
                URI.create(answer.headers().firstValue("Location").orElse("")).getQuery();
        if (query == null || !query.startsWith("code=")) {
            throw new AssertionError("no code came back to the app: " + answer.statusCode() + " " + answer.body());
        }
        return query.substring("code=".length());
    }

    /** What the app sends to the token endpoint. */
    Map<String, String> redeemed(String code) {
        return Map.of(
                "grant_type", "authorization_code",
                "code", code,
                "redirect_uri", CALLBACK,
                "code_verifier", verifier);
    }

    private String challenge() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
