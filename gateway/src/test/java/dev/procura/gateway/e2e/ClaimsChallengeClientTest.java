package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/**
 * How Microsoft's client library for Java reads a claims challenge (Entra's conditional access): which forms of {@code
 * WWW-Authenticate} make it fetch another token with the demanded claims and try again, and which it passes by.
 */
final class ClaimsChallengeClientTest {

    private static final String CLAIMS = "{\"access_token\":{\"acrs\":{\"essential\":true,\"value\":\"c1\"}}}";
    /** In base64 it holds a plus, a slash and padding, which base64url does not. */
    private static final String AWKWARD_CLAIMS = "{\"access_token\":{\"nbf\":\">>>???~~~\"}}";

    private static final String AUTHORIZATION_URI =
            "authorization_uri=\"https://login.microsoftonline.com/common/oauth2/v2.0/authorize\"";
    private static final String ERROR = "error=\"insufficient_claims\"";

    private final List<TokenRequestContext> tokensAsked = new ArrayList<>();
    private final List<String> received = new ArrayList<>();
    private List<String> challenges = List.of();
    private int refusals = 1;
    private final HttpServer api = start();

    @AfterEach
    void stop() {
        api.stop(0);
    }

    /** The header that clients have to understand. */
    private static String challenge(String claims) {
        return "Bearer realm=\"\", " + AUTHORIZATION_URI + ", " + ERROR + ", " + claims(claims);
    }

    @ParameterizedTest
    @MethodSource("claims")
    void fetchesATokenWithTheDemandedClaimsAndTriesAgain(String claims) {
        int status = call(challenge(claims));

        assertThat(status).isEqualTo(200);
        assertThat(tokensAsked).extracting(TokenRequestContext::getClaims).containsExactly(null, claims);
        assertThat(tokensAsked).allMatch(TokenRequestContext::isCaeEnabled);
        assertThat(tokensAsked.get(1).getScopes()).containsExactly("api://gateway/.default");
        assertThat(received).containsExactly("Bearer token-1", "Bearer token-2");
    }

    static Stream<String> claims() {
        return Stream.of(CLAIMS, AWKWARD_CLAIMS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("understood")
    void understands(String form, List<String> headers) {
        int status = call(headers.toArray(String[]::new));

        assertThat(tokensAsked).extracting(TokenRequestContext::getClaims).containsExactly(null, CLAIMS);
        assertThat(status).isEqualTo(200);
    }

    static Stream<Arguments> understood() {
        String description = "error_description=\"A stronger sign-in is needed\"";
        String metadata = "resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource/orders\"";
        String encoded = base64(CLAIMS);
        return Stream.of(
                one("nothing but error and claims", "Bearer " + ERROR + ", " + claims(CLAIMS)),
                one("claims before error", "Bearer " + claims(CLAIMS) + ", " + ERROR),
                one("no spaces after the commas", "Bearer realm=\"\"," + ERROR + "," + claims(CLAIMS)),
                one("more spaces", "Bearer   realm=\"\" ,  " + ERROR + "  ,  " + claims(CLAIMS)),
                one(
                        "spaces around the equals signs",
                        "Bearer error = \"insufficient_claims\", claims = \"" + encoded + "\""),
                one("tokens without quotes", "Bearer error=insufficient_claims, claims=" + encoded),
                one("claims without padding", "Bearer " + ERROR + ", claims=\"" + encoded.replace("=", "") + "\""),
                one("the gateway's realm", "Bearer realm=\"procura\", " + ERROR + ", " + claims(CLAIMS)),
                one(
                        "further parameters before",
                        "Bearer realm=\"procura\", " + description + ", " + metadata + ", " + AUTHORIZATION_URI + ", "
                                + ERROR + ", " + claims(CLAIMS)),
                one(
                        "further parameters between",
                        "Bearer " + ERROR + ", " + description + ", " + metadata + ", " + claims(CLAIMS)),
                one(
                        "further parameters behind",
                        "Bearer " + ERROR + ", " + claims(CLAIMS) + ", " + description + ", " + metadata
                                + ", scope=\"orders.read\", acr_values=\"c1\""),
                one("another scheme before it", "DPoP algs=\"ES256\", Bearer " + ERROR + ", " + claims(CLAIMS)),
                one("another scheme behind it", "Bearer " + ERROR + ", " + claims(CLAIMS) + ", DPoP algs=\"ES256\""),
                Arguments.of(
                        "another scheme in a header of its own",
                        List.of("DPoP algs=\"ES256\"", "Bearer " + ERROR + ", " + claims(CLAIMS))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passedBy")
    void passesBy(String form, List<String> headers) {
        int status = call(headers.toArray(String[]::new));

        assertThat(tokensAsked).hasSize(1);
        assertThat(received).hasSize(1);
        assertThat(status).isEqualTo(401);
    }

    static Stream<Arguments> passedBy() {
        String claims = claims(CLAIMS);
        return Stream.of(
                one("another error", "Bearer error=\"insufficient_user_authentication\", " + claims),
                one("no error", "Bearer " + claims),
                one("no claims", "Bearer " + ERROR),
                one("the scheme in small letters", "bearer " + ERROR + ", " + claims),
                one("the names in capitals", "Bearer Error=\"insufficient_claims\", Claims=\"" + base64(CLAIMS) + "\""),
                one("claims as plain JSON", "Bearer " + ERROR + ", claims=\"" + CLAIMS.replace("\"", "\\\"") + "\""),
                one(
                        "claims in base64url",
                        "Bearer " + ERROR + ", claims=\""
                                + Base64.getUrlEncoder().encodeToString(AWKWARD_CLAIMS.getBytes(StandardCharsets.UTF_8))
                                + "\""),
                one(
                        "an error named in a text with commas, before it",
                        "Bearer error_description=\"no, error=none, sorry\", " + ERROR + ", " + claims),
                one(
                        "a second challenge of the scheme in the header",
                        "Bearer error=\"invalid_token\", Bearer " + ERROR + ", " + claims),
                Arguments.of(
                        "a challenge of the scheme in a header before it",
                        List.of("Bearer error=\"invalid_token\"", "Bearer " + ERROR + ", " + claims)));
    }

    /** A text with commas is cut at them, and does no harm where none of its parts reads like a parameter that counts. */
    @Test
    void isNotLedAstrayByCommasInATextBehindTheClaims() {
        assertThat(call(challenge(CLAIMS) + ", error_description=\"sign in, again, error=none\""))
                .isEqualTo(200);
    }

    @Test
    void triesAgainOnceOnly() {
        refusals = 2;

        assertThat(call(challenge(CLAIMS))).isEqualTo(401);
        assertThat(received).containsExactly("Bearer token-1", "Bearer token-2");
    }

    private static Arguments one(String form, String header) {
        return Arguments.of(form, List.of(header));
    }

    private static String claims(String json) {
        return "claims=\"" + base64(json) + "\"";
    }

    private static String base64(String json) {
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Through a real pipeline, to an API that refuses the first calls with these headers. */
    private int call(String... headers) {
        challenges = List.of(headers);
        TokenCredential credential = context -> {
            tokensAsked.add(context);
            return Mono.just(new AccessToken(
                    "token-" + tokensAsked.size(), OffsetDateTime.now().plusHours(1)));
        };
        try (HttpResponse response = new HttpPipelineBuilder()
                .httpClient(new LoopbackHttpClient(api.getAddress().getPort()))
                .policies(new BearerTokenAuthenticationPolicy(credential, "api://gateway/.default"))
                .build()
                .send(new HttpRequest(HttpMethod.GET, "https://api.example.com/orders/1"))
                .blockOptional(Duration.ofSeconds(10))
                .orElseThrow()) {
            return response.getStatusCode();
        }
    }

    private HttpServer start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
            server.createContext("/", exchange -> {
                received.add(exchange.getRequestHeaders().getFirst("Authorization"));
                boolean refused = received.size() <= refusals;
                if (refused) {
                    challenges.forEach(header -> exchange.getResponseHeaders().add("WWW-Authenticate", header));
                }
                exchange.sendResponseHeaders(refused ? 401 : 200, -1);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
