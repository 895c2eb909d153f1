package dev.procura.gateway.keycloak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.util.HtmlUtils;

/**
 * A person in front of Keycloak's login page: the authorization code flow with PKCE (RFC 7636), up to the redirect to the
 * application, which is read and not followed. Every sign-in is a new session; nothing is kept between two.
 */
final class LoginPage {

    /** Of every public client of the realm. Nobody listens there. */
    static final String REDIRECT_URI = "http://127.0.0.1/callback";

    /**
     * What the application has after a sign-in.
     *
     * @param verifier what only the application knows; it belongs to the code
     */
    record Code(String value, String verifier) {}

    private static final Pattern FORM_ACTION =
            Pattern.compile("<form\\b[^>]*\\bid=\"kc-form-login\"[^>]*\\baction=\"([^\"]+)\"");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final SecureRandom random = new SecureRandom();
    private final URI issuer;

    LoginPage(URI issuer) {
        this.issuer = issuer;
    }

    Code signIn(String clientId, String user) {
        String verifier = unguessable();
        String state = unguessable();
        HttpResponse<String> page = send(to(authorization(clientId, state, verifier)));
        HttpResponse<String> answer = send(to(formAction(page))
                .header("Cookie", cookies(page))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(
                        Requests.encode(Map.of("username", user, "password", KeycloakAdmin.passwordOf(user))))));
        Map<String, String> redirected = redirected(answer);
        // RFC 6749 section 10.12, RFC 9207: an application looks at both before it uses the code.
        if (!state.equals(redirected.get("state"))
                || !issuer.toString().equals(redirected.get("iss"))
                || !redirected.containsKey("code")) {
            throw new AssertionError("the redirect brings no code for this sign-in: " + redirected);
        }
        return new Code(redirected.get("code"), verifier);
    }

    private URI authorization(String clientId, String state, String verifier) {
        return URI.create(issuer + "/protocol/openid-connect/auth?"
                + Requests.encode(Map.of(
                        "response_type",
                        "code",
                        "client_id",
                        clientId,
                        "redirect_uri",
                        REDIRECT_URI,
                        "scope",
                        "openid",
                        "state",
                        state,
                        "code_challenge",
                        base64Url(sha256(verifier)),
                        "code_challenge_method",
                        "S256")));
    }

    private static URI formAction(HttpResponse<String> page) {
        Matcher form = FORM_ACTION.matcher(page.body());
        if (page.statusCode() != 200 || !form.find()) {
            throw new AssertionError("no login page, but %d %s"
                    .formatted(
                            page.statusCode(),
                            page.headers().firstValue("Location").orElse("")));
        }
        return URI.create(HtmlUtils.htmlUnescape(form.group(1)));
    }

    /** By hand: Keycloak marks them Secure without TLS too, and a cookie store would then keep them to itself. */
    private static String cookies(HttpResponse<String> page) {
        return page.headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                .collect(Collectors.joining("; "));
    }

    private static Map<String, String> redirected(HttpResponse<String> answer) {
        String location = answer.headers().firstValue("Location").orElse("");
        if (answer.statusCode() != 302 || !location.startsWith(REDIRECT_URI + "?")) {
            throw new AssertionError("no redirect to the application, but " + answer.statusCode() + " " + location);
        }
        return Arrays.stream(URI.create(location).getRawQuery().split("&"))
                .map(parameter -> parameter.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> URLDecoder.decode(parts[1], UTF_8)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in front of the login page", e);
        }
    }

    private static HttpRequest.Builder to(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
    }

    private String unguessable() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return base64Url(bytes);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
