package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.procura.gateway.problem.InvalidSetting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Routes that do not start, and the key that each message names. */
final class WrongRoutesTest {

    private static final String OBO = "on-behalf-of: gateway, audience: orders-api";

    @ParameterizedTest(name = "{0} {1}: {2}")
    @MethodSource({"conditions", "addresses", "credentials", "rules"})
    void namesTheKeyAndSaysWhatIsWrong(String key, String reason, Map<String, String> route) {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.withDefaults(yaml(route)))
                .satisfies(invalid -> {
                    assertThat(invalid.key()).isEqualTo("procura.routes[0]." + key);
                    assertThat(invalid.reason()).contains(reason);
                    assertThat(invalid.example()).isNotBlank().doesNotContain("null");
                });
    }

    static Stream<Arguments> conditions() {
        return Stream.of(
                wrong("id", "is missing", without("id")),
                wrong("id", "is missing", with("id", "' '")),
                wrong("id", "other characters", with("id", "'orders api'")),
                wrong("id", "other characters", with("id", "\"orders\\nlevel=ERROR\"")),
                wrong("id", "other characters", with("id", "'" + "a".repeat(101) + "'")),
                wrong("tier", "less than 1", with("tier", "0")),
                wrong("tier", "less than 1", with("tier", "-1")),
                wrong("path", "is missing", without("path")),
                wrong("path", "slash", with("path", "orders/**")),
                wrong("path", "slash", with("path", "''")),
                wrong("path", "slash", with("paths", "[/a, b]")),
                wrong("path", "slash", with("path", "'**'")),
                wrong("path", "pattern", with("path", "'/orders/{id'")),
                wrong("path", "pattern", with("path", "'/orders/**/items/**'")),
                wrong("methods", "capital", with("methods", "[get]")),
                wrong("methods", "capital", with("methods", "[GET, FETCH]")),
                wrong("methods", "capital", with("methods", "['']")),
                wrong("methods", "TRACE", with("methods", "[GET, TRACE]")),
                wrong("predicates", "expression", with("predicates", "['Header=X-A, #{@x}']")),
                wrong("host", "expression", with("host", "'#{@clients}'")),
                wrong("filters", "TokenRelay", with("filters", "[TokenRelay=]")),
                wrong("filters", "LocalResponseCache", with("filters", "[StripPrefix=1, 'LocalResponseCache=30m']")),
                wrong("filters", "RequestHeaderToRequestUri", with("filters", "[RequestHeaderToRequestUri=X-Url]")),
                wrong("filters", "expression", with("filters", "['AddRequestHeader=X-A, #{@clients}']")),
                wrong("filters", "TokenRelay", with("filters", "[ { name: TokenRelay } ]")),
                wrong("filters", "expression", with("filters", "[ { name: AddRequestHeader, args: { a: '#{@x}' } } ]")),
                wrong("predicates", "expression", with("predicates", "[ { name: Header, args: { a: '#{@x}' } } ]")),
                wrong("filters", "forward:", with("filters", "['CircuitBreaker=a, forward:/x']")),
                wrong("cookies", "empty", with("cookies", "[locale, '']")),
                wrong("http2", "opened with HTTP/1.1", http2ToAWebSocket()),
                wrong("limits.timeout", "less than 1ms", with("limits", "{ timeout: 0s }")),
                wrong("limits.timeout", "less than 1ms", with("limits", "{ timeout: -1s }")),
                wrong("limits.max-in-flight", "less than 1", with("limits", "{ max-in-flight: 0 }")));
    }

    static Stream<Arguments> addresses() {
        return Stream.of(
                wrong("uri", "is missing", without("uri")),
                wrong("uri", "is missing", with("uri", "''")),
                wrong("uri", "has a path", with("uri", "https://orders.internal/base")),
                wrong("uri", "has a path", with("uri", "https://orders.internal//")),
                wrong("uri", "has a path", with("uri", "https://orders.internal?a=b")),
                wrong("uri", "has a path", with("uri", "'https://orders.internal#a'")),
                wrong("uri", "plain http", with("uri", "http://orders.internal:8080")),
                wrong("uri", "plain http", with("uri", "http://10.0.0.1")),
                wrong("uri", "plain http", with("uri", "ws://orders.internal")),
                wrong("uri", "plain http", with("uri", "http://127.0.0.1.example.com")),
                wrong("uri", "scheme, host and port", with("uri", "forward:/orders")),
                wrong("uri", "scheme, host and port", with("uri", "lb://orders")),
                wrong("uri", "scheme, host and port", with("uri", "no://op")),
                wrong("uri", "scheme, host and port", with("uri", "file:///etc/passwd")),
                wrong("uri", "scheme, host and port", with("uri", "orders.internal")),
                wrong("uri", "scheme, host and port", with("uri", "orders.internal:8443")),
                wrong("uri", "scheme, host and port", with("uri", "//orders.internal")),
                wrong("uri", "is not an address", with("uri", "https://")),
                wrong("uri", "scheme, host and port", with("uri", "https:///x")),
                wrong("uri", "scheme, host and port", with("uri", "https://user:password@orders.internal")),
                wrong("uri", "scheme, host and port", with("uri", "https://orders_api.internal")),
                wrong("uri", "is not an address", with("uri", "'https://orders internal'")),
                wrong("uri", "is not an address", with("uri", "'https://{host}'")),
                wrong("uri", "is not an address", with("uri", "'#{@x}'")));
    }

    static Stream<Arguments> credentials() {
        return Stream.of(
                wrong("credential", "is missing", without("credential")),
                credential("", "names no mode", "audience: orders-api"),
                credential("", "on-behalf-of and client-credentials", OBO + ", client-credentials: gateway"),
                credential("", "on-behalf-of and pass-through", OBO + ", pass-through: true"),
                credential("", "on-behalf-of and none", OBO + ", none: true"),
                credential("", "on-behalf-of and none", OBO + ", none: false"),
                credential("", "pass-through and none", "pass-through: true, none: true"),
                credential(".pass-through", "is false", "pass-through: false"),
                credential(".none", "is false", "none: false"),
                credential(".on-behalf-of", "procura.clients", "on-behalf-of: other, audience: orders-api"),
                credential(".on-behalf-of", "procura.clients", "on-behalf-of: '', audience: orders-api"),
                credential(".on-behalf-of", "procura.clients", "on-behalf-of: gateway-id, audience: orders-api"),
                credential(".client-credentials", "procura.clients", "client-credentials: other, audience: orders-api"),
                credential(".audience", "is missing", "on-behalf-of: gateway"),
                credential(".audience", "is missing", "client-credentials: gateway, scopes: [orders]"),
                credential(".audience", "is empty", "on-behalf-of: gateway, audience: ' '"),
                credential(
                        ".resource",
                        "Keycloak",
                        "on-behalf-of: kc, audience: orders-api, resource: https://orders.example.com"),
                credential(".resource", "Keycloak", "client-credentials: kc, resource: https://orders.example.com"),
                credential(".resource", "absolute", "on-behalf-of: gateway, resource: orders"),
                credential(".resource", "absolute", "on-behalf-of: gateway, resource: 'https://orders.example.com#x'"),
                credential(".resource", "absolute", "on-behalf-of: gateway, resource: 'https://orders example.com'"),
                credential(".scopes", "no single scope", OBO + ", scopes: ['a b']"),
                credential(".scopes", "no single scope", OBO + ", scopes: ['']"),
                credential(".scopes", "no single scope", OBO + ", scopes: ['a\"b']"),
                credential(".allow-scopes", "no single scope", OBO + ", allow-scopes: ['a b']"),
                credential(".user-context", "no meaning", OBO + ", user-context: signed"),
                credential(".user-context", "no meaning", "pass-through: true, user-context: signed"),
                credential(".user-context", "no meaning", "none: true, user-context: signed"),
                credential(
                        ".app-callers", "no meaning", "client-credentials: gateway, audience: a, app-callers: reject"),
                credential(".app-callers", "no meaning", "pass-through: true, app-callers: reject"),
                credential(".subject", "no meaning", "client-credentials: gateway, audience: a, subject: mapped"),
                credential(".subject", "no meaning", "pass-through: true, subject: same"),
                credential(".audience", "no meaning", "pass-through: true, audience: orders-api"),
                credential(".resource", "no meaning", "none: true, resource: https://orders.example.com"),
                credential(".scopes", "no meaning", "pass-through: true, scopes: [orders]"),
                credential(".allow-scopes", "no meaning", "none: true, allow-scopes: [orders]"));
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("issuers", "no block", "issuers: [corp, nobody]"),
                rule("issuers", "no block", "issuers: [Corp]"),
                rule("audiences", "billing-api, which no issuer", "audiences: [gateway, billing-api]"),
                rule("audiences", "partner-gateway, which no issuer", "audiences: [partner-gateway], issuers: [corp]"),
                rule("caller", "cannot be combined", "caller: anyone, scopes: [a]", "none"),
                rule("caller", "cannot be combined", "caller: anyone, any-scope: [a]", "none"),
                rule("caller", "cannot be combined", "caller: anyone, audiences: [gateway]", "none"),
                rule("caller", "cannot be combined", "caller: anyone, issuers: [corp]", "none"),
                rule("caller", "cannot be combined", "caller: anyone, roles: [a]", "none"),
                rule("caller", "cannot be combined", "caller: anyone, clients: [a]", "none"),
                rule("caller", "cannot be combined", "caller: anyone, actor-token: true", "none"),
                rule("caller", "known caller", "caller: anyone"),
                rule("caller", "known caller", "caller: anyone", "pass-through"),
                rule("caller", "known caller", "caller: anyone", "signed"),
                rule("caller", "app-callers", "caller: app"),
                rule("actor-token", "no on-behalf-of client", "actor-token: true", "client-credentials"),
                rule("actor-token", "no on-behalf-of client", "actor-token: true", "pass-through"),
                rule("actor-token", "no on-behalf-of client", "actor-token: true", "none"),
                rule("scopes", "no single scope", "scopes: ['orders.read orders.write']"),
                rule("scopes", "no single scope", "scopes: ['']"),
                rule("scopes", "no single scope", "scopes: ['a\"b']"),
                rule("any-scope", "no single scope", "any-scope: ['a b']"),
                rule("roles", "empty", "roles: ['']"),
                rule("clients", "empty", "clients: ['']"));
    }

    @Test
    void refusesRulesThatContradictTheirCredential() {
        String serving = "{ " + OBO + ", app-callers: client-credentials }";
        Map<String, String> usersOnly = with("credential", serving);
        usersOnly.put("require", "{ caller: user }");
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.withDefaults(yaml(usersOnly)))
                .withMessageStartingWith("procura.routes[0].require.caller is user")
                .withMessageContaining("can never apply");

        String narrow =
                TestRoutes.DEFAULT.replace("client-id: gateway-id,", "client-id: gateway-id, subject-issuers: [corp],");
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.of(narrow + "routes:\n"
                        + yaml(with("require", "{ issuers: [partner] }")).indent(2)))
                .withMessageStartingWith("procura.routes[0].require.issuers")
                .withMessageContaining("subject-issuers");
    }

    @Test
    void refusesToStartWithoutRoutes() {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.of(TestRoutes.DEFAULT))
                .satisfies(invalid -> assertThat(invalid.key()).isEqualTo("procura.routes"));
    }

    @Test
    void refusesTwoRoutesOfOneId() {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.withDefaults(yaml(base()) + yaml(base())))
                .withMessageStartingWith("procura.routes[1].id is the id of an earlier route");
    }

    @Test
    void namesThePlaceOfTheRouteThatIsWrong() {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.withDefaults(yaml(base()) + yaml(with("tier", "0"))))
                .satisfies(invalid -> assertThat(invalid.key()).isEqualTo("procura.routes[1].tier"));
    }

    @Test
    void needsAnIssuerAsSoonAsARouteNeedsAToken() {
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.of("routes:\n"
                        + yaml(with("credential", "{ pass-through: true }")).indent(2)))
                .satisfies(invalid -> assertThat(invalid.key()).isEqualTo("procura.issuers"));
    }

    @Test
    void needsAnIssuerThatOpensTheRoute() {
        String tied =
                "issuers: { tied: { issuer: https://id.example.com, audiences: [gateway], only-where-named: true } }\n";

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.of(tied + "routes:\n"
                        + yaml(with("credential", "{ pass-through: true }")).indent(2)))
                .withMessageStartingWith("procura.routes[0].require.issuers is missing");
    }

    @Test
    void needsAnAudienceThatIsNoTiers() {
        String issuers = "issuers: { corp: { issuer: https://id.example.com, audiences: [orders-api] } }\n";
        String clients =
                "clients: { gateway: { issuer: https://id.example.com, dialect: spring, client-id: g, client-secret: s } }\n";

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.of(
                        issuers + clients + "routes:\n" + yaml(base()).indent(2)))
                .withMessageStartingWith("procura.routes[0].require.audiences finds no audience of the gateway's own");
        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.of(issuers + clients + "routes:\n"
                        + yaml(with("require", "{ audiences: [orders-api], actor-token: true }"))
                                .indent(2)))
                .withMessageStartingWith(
                        "procura.routes[0].require.actor-token finds no audience of the gateway's own");
    }

    /** Without an issuer of its own, a client's name could be anybody's. */
    @Test
    void needsAnIssuerOfTheClientWhereTheCallingApiMayBeOfSeveral() {
        String clients =
                "clients: { gateway: { token-uri: https://id.example.com/token, dialect: spring, client-id: g, client-secret: s } }\n";
        String issuers = "issuers: { corp: { issuer: https://id.example.com, audiences: [gateway, orders-api] },"
                + " partner: { issuer: https://partner.example.org, audiences: [gateway, orders-api] } }\n";
        String several = yaml(with("require", "{ audiences: [gateway], actor-token: true }"));
        String one = yaml(with("require", "{ audiences: [gateway], issuers: [corp], actor-token: true }"));

        assertThatExceptionOfType(InvalidSetting.class)
                .isThrownBy(() -> TestRoutes.of(issuers + clients + "routes:\n" + several.indent(2)))
                .withMessageStartingWith("procura.routes[0].require.actor-token cannot tell whose application");
        TestRoutes.of(issuers + clients + "routes:\n" + one.indent(2));
    }

    private static Arguments wrong(String key, String reason, Map<String, String> route) {
        return Arguments.of(key, reason, route);
    }

    private static Arguments credential(String key, String reason, String settings) {
        return wrong("credential" + key, reason, with("credential", "{ " + settings + " }"));
    }

    private static Arguments rule(String key, String reason, String require) {
        return wrong("require." + key, reason, with("require", "{ " + require + " }"));
    }

    private static Arguments rule(String key, String reason, String require, String credential) {
        Map<String, String> route = with("require", "{ " + require + " }");
        route.put(
                "credential",
                switch (credential) {
                    case "none" -> "{ none: true }";
                    case "pass-through" -> "{ pass-through: true }";
                    case "client-credentials" -> "{ client-credentials: gateway, audience: a }";
                    case "signed" -> "{ client-credentials: gateway, audience: a, user-context: signed }";
                    default -> throw new IllegalArgumentException(credential);
                });
        return wrong("require." + key, reason, route);
    }

    private static Map<String, String> base() {
        Map<String, String> route = new LinkedHashMap<>();
        route.put("id", "orders");
        route.put("path", "/orders/**");
        route.put("uri", "https://orders.internal:8443");
        route.put("credential", "{ " + OBO + " }");
        return route;
    }

    private static Map<String, String> with(String key, String yaml) {
        Map<String, String> route = base();
        route.put(key, yaml);
        return route;
    }

    private static Map<String, String> http2ToAWebSocket() {
        Map<String, String> route = with("uri", "wss://orders.internal");
        route.put("http2", "true");
        return route;
    }

    private static Map<String, String> without(String key) {
        Map<String, String> route = base();
        route.remove(key);
        return route;
    }

    private static String yaml(Map<String, String> route) {
        return route.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("\n  ", "- ", "\n"));
    }
}
