package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.procura.gateway.testkit.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a refusal to what the client has to ask for, and where (RFC 9728 section 5). */
class ResourceMetadataTest {

    private static final Pattern ADDRESS = Pattern.compile("resource_metadata=\"([^\"]*)\"");

    private static final List<String> OWN_PATHS = List.of(
            "/.well-known/jwks.json",
            "/.well-known/oauth-protected-resource",
            "/.well-known/oauth-protected-resource/orders",
            "/.well-known/oauth-protected-resource/nowhere",
            "/.well-known/oauth-protected-resource/orders/a/b?c=d");

    private final Stack stack = Stack.fresh();

    @Test
    void leadsFromTheChallengeToTheAuthorizationServersAndScopes() throws ParseException {
        HttpResponse<String> refused = stack.gateway().get("/orders/1");

        HttpResponse<String> document = stack.gateway().get(address(refused).getPath());

        assertThat(address(refused))
                .hasToString("https://api.example.test/.well-known/oauth-protected-resource/orders");
        assertThat(document.statusCode()).isEqualTo(200);
        assertThat(document.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(JSONObjectUtils.parse(document.body()))
                .isEqualTo(Map.of(
                        "resource", "https://api.example.test/orders",
                        "authorization_servers",
                                List.of(
                                                stack.server().issuer(),
                                                stack.otherServer().issuer())
                                        .stream()
                                        .sorted()
                                        .toList(),
                        "scopes_supported", List.of("orders.read"),
                        "bearer_methods_supported", List.of("header")));
    }

    @Test
    void isInEveryChallenge() {
        String expired = stack.server().token(Map.of("exp", 1));
        String scopeless = stack.server().token(Map.of("scope", "none"));

        assertThat(address(stack.gateway().get("/orders/1", expired)))
                .hasPath("/.well-known/oauth-protected-resource/orders");
        assertThat(address(stack.gateway().get("/orders/1", scopeless)))
                .hasPath("/.well-known/oauth-protected-resource/orders");
        assertThat(address(stack.gateway().get("/orders/1", "not!a!token")))
                .hasPath("/.well-known/oauth-protected-resource/orders");
        assertThat(address(stack.gateway().get("/orders/1?access_token=x")))
                .hasPath("/.well-known/oauth-protected-resource/orders");
    }

    /** What a caller says of the address that it came by has no say in where its client is sent. */
    @Test
    void isBuiltFromThePublicAddressAlone() {
        HttpResponse<String> refused = stack.gateway()
                .send(stack.gateway()
                        .request(
                                "/orders/1",
                                "X-Forwarded-Host",
                                "evil.example",
                                "X-Forwarded-Prefix",
                                "/evil",
                                "Forwarded",
                                "host=evil.example")
                        .build());

        assertThat(address(refused))
                .hasToString("https://api.example.test/.well-known/oauth-protected-resource/orders");
    }

    @Test
    void describesTheWholeGatewayAtTheRoot() throws ParseException {
        Map<String, Object> root = JSONObjectUtils.parse(
                stack.gateway().get("/.well-known/oauth-protected-resource").body());

        assertThat(root).containsEntry("resource", "https://api.example.test");
        assertThat(root.get("scopes_supported"))
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .contains("orders.read", "billing.read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/public", "/orders/1", "/order", "/orders%20"})
    void isNotThereForWhatNeedsNoTokenOrDoesNotExist(String path) {
        HttpResponse<String> answer = stack.gateway().get("/.well-known/oauth-protected-resource" + path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("no_route");
        assertThat(stack.tier().received()).isEmpty();
    }

    /** A route of these paths would be the tier's to answer: the gateway's own paths are nobody else's, whatever is asked. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("writes")
    void isToReadAndNothingElse(String method, String path) {
        HttpResponse<String> answer = send(method, path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("no_route");
        assertThat(stack.tier().received()).isEmpty();
    }

    static Stream<Arguments> writes() {
        return Stream.of("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
                .flatMap(method -> OWN_PATHS.stream().map(path -> Arguments.of(method, path)));
    }

    @ParameterizedTest
    @FieldSource("OWN_PATHS")
    void answersHeadAsGetWithoutABody(String path) {
        HttpResponse<String> get = send("GET", path);
        HttpResponse<String> head = send("HEAD", path);

        assertThat(head.statusCode()).isEqualTo(get.statusCode());
        assertThat(head.body()).isEmpty();
        assertThat(get.body()).isNotEmpty();
        for (String name : List.of("Content-Type", "Cache-Control", "Content-Length")) {
            assertThat(head.headers().allValues(name))
                    .as(name)
                    .isEqualTo(get.headers().allValues(name));
        }
        assertThat(stack.tier().received()).isEmpty();
    }

    /** Else the tests above would prove nothing. */
    @Test
    void hasARouteBehindItThatAnswersTheRest() {
        assertThat(stack.gateway().get("/.well-known/other").statusCode()).isEqualTo(200);
        assertThat(stack.tier().received()).hasSize(1);
    }

    private HttpResponse<String> send(String method, String path) {
        return stack.gateway()
                .send(stack.gateway()
                        .request(path)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build());
    }

    private static URI address(HttpResponse<String> refused) {
        String challenge = refused.headers().firstValue("WWW-Authenticate").orElseThrow();
        Matcher found = ADDRESS.matcher(challenge);
        assertThat(found.find()).as(challenge).isTrue();
        return URI.create(found.group(1));
    }
}
