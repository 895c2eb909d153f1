package dev.procura.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients learn of the gateway's resources (RFC 9728), out of the configuration alone. */
final class ProtectedResourcesTest {

    private static final String PUBLIC = "https://api.example.com";
    private static final TestRoutes ROUTES = TestRoutes.withDefaults("""
            - id: read
              path: /orders/**
              methods: [GET]
              uri: https://orders.internal
              require: { audiences: [gateway], issuers: [corp], scopes: [orders.read] }
              credential: { pass-through: true }
            - id: write
              path: /orders/{id}/lines
              uri: https://orders.internal
              require: { audiences: [gateway], issuers: [partner], any-scope: [orders.write, admin] }
              credential: { pass-through: true }
            - id: archive
              paths: [/orders/archive/*, /old orders/x]
              uri: https://archive.internal
              require: { audiences: [gateway], issuers: [tied] }
              credential: { pass-through: true }
            - id: status
              path: /status
              uri: https://status.internal
              require: { caller: anyone }
              credential: { none: true }
            """);

    private static ProtectedResources at(String publicUrl) {
        return ProtectedResources.of(Optional.of(publicUrl), ROUTES.routes(), ROUTES.issuers());
    }

    @Test
    void sayWhatTheRoutesUnderOnePrefixNeedTogether() {
        assertThat(document(at(PUBLIC), "/orders"))
                .isEqualTo(Map.of(
                        "resource", PUBLIC + "/orders",
                        "authorization_servers",
                                List.of("https://id.example.com/corp", "https://id.example.com/partner"),
                        "scopes_supported", List.of("admin", "orders.read", "orders.write"),
                        "bearer_methods_supported", List.of("header")));
    }

    @Test
    void leaveOutWhatNoRouteNeeds() {
        assertThat(document(at(PUBLIC), "/orders/archive"))
                .isEqualTo(Map.of(
                        "resource", PUBLIC + "/orders/archive",
                        "authorization_servers", List.of("https://id.example.com/tied"),
                        "bearer_methods_supported", List.of("header")));
    }

    @Test
    void haveOneDocumentForAllOfThem() {
        assertThat(document(at(PUBLIC), ""))
                .containsEntry("resource", PUBLIC)
                .containsEntry(
                        "authorization_servers",
                        List.of(
                                "https://id.example.com/corp",
                                "https://id.example.com/partner",
                                "https://id.example.com/tied"));
        assertThat(at(PUBLIC).document("/")).isEqualTo(at(PUBLIC).document(""));
    }

    @Test
    void leaveOutRoutesThatNeedNoToken() {
        assertThat(at(PUBLIC).document("/status")).isEmpty();
        TestRoutes open = TestRoutes.of("""
                routes:
                  - { id: s, path: /s, uri: 'https://s', require: { caller: anyone }, credential: { none: true } }
                """);
        ProtectedResources none = ProtectedResources.of(Optional.of(PUBLIC), open.routes(), open.issuers());
        assertThat(none.document("")).isEmpty();
        assertThat(none.metadataUri("/s")).isEmpty();
    }

    @Test
    void encodeTheirPaths() {
        assertThat(document(at(PUBLIC), "/old%20orders/x")).containsEntry("resource", PUBLIC + "/old%20orders/x");
    }

    @ParameterizedTest
    @CsvSource({
        "/orders, /orders",
        "/orders/, /orders",
        "/orders/1/lines, /orders",
        "/orders/archive, /orders/archive",
        "/orders/archive/2025, /orders/archive",
        "/orders/archives, /orders",
        "/orders2, ''",
        "/status, ''",
        "/, ''",
        "'', ''",
        "/old%20orders/x/y, /old%20orders/x",
        "/nothing/here, ''",
        "/ordersarchive, ''",
        "/orders/archive/, /orders/archive",
        "/orders//archive, /orders",
        "/orders%2Farchive, ''",
        "//orders, ''",
        "/ORDERS/1, ''"
    })
    void areFoundByTheLongestPrefixOfARequest(String path, String prefix) {
        assertThat(at(PUBLIC).metadataUri(path)).contains(PUBLIC + "/.well-known/oauth-protected-resource" + prefix);
    }

    /** As long as a request line may be; it names nothing, so the answer is the one for everything. */
    @Test
    void areThoseOfTheRootForAPathOfSlashes() {
        assertThat(at(PUBLIC).metadataUri("/".repeat(16_000) + "a"))
                .contains(PUBLIC + "/.well-known/oauth-protected-resource");
        assertThat(at(PUBLIC).metadataUri("/".repeat(16_000)))
                .contains(PUBLIC + "/.well-known/oauth-protected-resource");
        assertThat(at(PUBLIC).document("/".repeat(16_000) + "a")).isEmpty();
        assertThat(at(PUBLIC).document("/".repeat(16_000))).isEqualTo(at(PUBLIC).document(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://api.example.com/base", "https://api.example.com/base/"})
    void keepThePathOfThePublicAddress(String publicUrl) {
        ProtectedResources resources = at(publicUrl);

        assertThat(resources.metadataUri("/orders/1"))
                .contains(PUBLIC + "/.well-known/oauth-protected-resource/base/orders");
        assertThat(document(resources, "/base/orders")).containsEntry("resource", PUBLIC + "/base/orders");
        assertThat(resources.document("/orders")).isEqualTo(resources.document("/base/orders"));
        assertThat(document(resources, "/base")).containsEntry("resource", PUBLIC + "/base");
        assertThat(resources.document("/based/orders")).isEmpty();
        assertThat(resources.document("/base/nothing")).isEmpty();
    }

    @Test
    void keepThePortOfThePublicAddress() {
        assertThat(at("https://api.example.com:8443").metadataUri("/orders"))
                .contains("https://api.example.com:8443/.well-known/oauth-protected-resource/orders");
    }

    @Test
    void sayNothingWithoutAPublicAddress() {
        ProtectedResources silent = ProtectedResources.of(Optional.empty(), ROUTES.routes(), ROUTES.issuers());

        assertThat(silent.document("")).isEmpty();
        assertThat(silent.document("/orders")).isEmpty();
        assertThat(silent.metadataUri("/orders")).isEmpty();
    }

    private static Map<String, Object> document(ProtectedResources resources, String path) {
        try {
            return JSONObjectUtils.parse(resources.document(path).orElseThrow());
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }
}
