package dev.procura.sample.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.procura.sample.issuer.RunningIssuer.Answer;
import dev.procura.sample.issuer.RunningIssuer.Credentials;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An app and the browser of its user: code and PKCE. The issuer remembers who has signed in: take one of your own. */
final class CodeFlow {

    static final String VERIFIER = "a-code-verifier-of-at-least-forty-three-characters";

    private static final String CALLBACK = "http://127.0.0.1:8123/callback";

    private final RunningIssuer issuer;
    private final String app;
    private final String[] authentication;

    private CodeFlow(RunningIssuer issuer, String app, String... authentication) {
        this.issuer = issuer;
        this.app = app;
        this.authentication = authentication;
    }

    /** An app that has no secret. */
    static CodeFlow of(RunningIssuer issuer, String app) {
        return new CodeFlow(issuer, app);
    }

    static CodeFlow of(RunningIssuer issuer, Credentials app) {
        return new CodeFlow(issuer, app.id(), "Authorization", app.basic());
    }

    CodeFlow signIn(String user) {
        Matcher csrf = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"")
                .matcher(issuer.get("/login").text());
        assertThat(csrf.find()).isTrue();
        Answer answer = issuer.post(
                "/login", List.of("username", user, "password", RunningIssuer.PASSWORD, "_csrf", csrf.group(1)));
        assertThat(answer.header("Location")).doesNotContain("error");
        return this;
    }

    /** The code that came back to the app. */
    String authorize(String scope) {
        String query = RunningIssuer.encode(List.of(
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
                Base64.getUrlEncoder().withoutPadding().encodeToString(digest(VERIFIER))));
        String location = issuer.get("/oauth2/authorize?" + query).header("Location");
        assertThat(location).startsWith(CALLBACK + "?code=");
        return URI.create(location).getQuery().substring("code=".length());
    }

    Answer redeem(String code, String verifier) {
        return issuer.post(
                "/oauth2/token",
                List.of(
                        "grant_type", "authorization_code",
                        "client_id", app,
                        "code", code,
                        "redirect_uri", CALLBACK,
                        "code_verifier", verifier),
                authentication);
    }

    private static byte[] digest(String verifier) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
