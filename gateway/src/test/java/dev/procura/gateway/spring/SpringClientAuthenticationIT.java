package dev.procura.gateway.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.testkit.PackagedGateway;
import dev.procura.gateway.testkit.RecordingTier;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and certificates, on a real Spring Authorization Server: TLS is the server's, and the JVM's of the gateway. */
final class SpringClientAuthenticationIT {

    private static final String CLIENT = "    %1$s: { dialect: spring, client-id: gateway, %2$s }";
    private static final String ROUTE =
            "    - { id: %1$s, path: /%1$s/**, uri: \"%2$s\", require: { audiences: [gateway] },"
                    + " credential: { on-behalf-of: %1$s, audience: orders-api } }";
    private static final String KEY =
            "  %1$s.keystore: { certificate: \"file:%2$s/%1$s.crt\", private-key: \"file:%2$s/%1$s.key\" }";
    private static final String BUNDLE = """
              %1$s:
                keystore: { certificate: "file:%2$s/%3$s.crt", private-key: "file:%2$s/%3$s.key" }
                truststore: { certificate: "file:%2$s/%4$s.crt" }\
            """;
    /** The server says no more than that. */
    private static final String INVALID_CLIENT = "http_status=401 error=invalid_client ";

    private static final List<String> BY_CERTIFICATE =
            List.of("by-authority", "alone", "self", "other-name", "other-self", "stranger", "impostor");

    private static RecordingTier tier;
    private static PublicKeys keys;
    private static TlsIssuer issuer;
    private static PackagedGateway gateway;

    @TempDir
    private static Path folder = Path.of(".");

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        TestKey server = TestKey.ofServer("127.0.0.1");
        TestKey authority = TestKey.authority("CN=authority");
        TestKey self = TestKey.p256();
        TestKey otherSelf = TestKey.p256();
        TestKey signing = TestKey.rsa(2048);
        TestKey certified = authority.certify(TlsIssuer.GATEWAY_SUBJECT);
        write("by-authority", certified, authority);
        write("alone", certified);
        write("other-name", authority.certify("CN=gateway,O=Somebody Else"), authority);
        write("self", self);
        write("other-self", otherSelf);
        TestKey strangers = TestKey.authority("CN=strangers");
        write("stranger", strangers.certify(TlsIssuer.GATEWAY_SUBJECT), strangers);
        TestKey impostors = TestKey.authority("CN=authority");
        write("impostor", impostors.certify(TlsIssuer.GATEWAY_SUBJECT), impostors);
        write("signing", signing);
        write("other-signing", TestKey.rsa(2048));
        Files.writeString(folder.resolve("server.crt"), server.certificatePem());
        Files.writeString(
                folder.resolve("elsewhere.crt"), TestKey.ofServer("127.0.0.1").certificatePem());

        tier = RecordingTier.start();
        keys = new PublicKeys(new JWKSet(List.of(signatures(signing), certificate(self))));
        issuer = TlsIssuer.start(folder, server, List.of(authority, self, otherSelf), keys);
        gateway = PackagedGateway.start(
                        configuration(),
                        "-Djavax.net.ssl.trustStore=" + trustStore(server),
                        "-Djavax.net.ssl.trustStorePassword=" + new String(TestKey.password()))
                .ready();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
        keys.close();
        tier.close();
    }

    private static String configuration() {
        String found = "issuer: \"" + issuer.url() + "\", ";
        String named = "token-uri: \"https://localhost:" + issuer.port() + "/oauth2/token\", ";
        String tls = "authentication: tls-client-auth, ssl-bundle: ";
        String key = "authentication: private-key-jwt, key-id: signing, ssl-bundle: ";
        Map<String, String> clients = new LinkedHashMap<>();
        for (String each : BY_CERTIFICATE) {
            clients.put(each, found + tls + each);
        }
        clients.put("signing", found + key + "signing");
        clients.put("other-signing", found + key + "other-signing");
        clients.put("secret", found + "client-secret: \"" + TlsIssuer.GATEWAY_SECRET + "\"");
        clients.put("distrusting", found + tls + "distrusting");
        clients.put("certificate-elsewhere", named + tls + "by-authority");
        clients.put("key-elsewhere", named + key + "signing");
        return """
                procura:
                  issuers:
                    corp: { issuer: "%s", audiences: [gateway] }
                  clients:
                %s
                  routes:
                %s
                spring.ssl.bundle.pem:
                %s
                """.formatted(
                issuer.url(),
                lines(clients.entrySet().stream().map(client -> CLIENT.formatted(client.getKey(), client.getValue()))),
                lines(clients.keySet().stream().map(name -> ROUTE.formatted(name, tier.uri()))),
                lines(Stream.of(
                                BY_CERTIFICATE.stream().map(name -> BUNDLE.formatted(name, folder, name, "server")),
                                Stream.of(BUNDLE.formatted("distrusting", folder, "by-authority", "elsewhere")),
                                Stream.of("signing", "other-signing").map(name -> KEY.formatted(name, folder)))
                        .flatMap(each -> each)));
    }

    private static String lines(Stream<String> lines) {
        return lines.collect(Collectors.joining("\n"));
    }

    @Test
    void aCertificateThatAnAuthoritySignedForTheRegisteredName() throws ParseException {
        assertExchanges("by-authority");
    }

    @Test
    void aCertificateThatTheGatewaySignedItself() throws ParseException {
        assertExchanges("self");
    }

    @Test
    void anAssertionByAKeyOfTheSet() throws ParseException {
        assertExchanges("signing");
    }

    @Test
    void aCertificateOfTheSameAuthorityForAnotherNameIsRefused() {
        assertRefused("other-name", INVALID_CLIENT);
    }

    /** The server takes a chain of one certificate for one that signed itself. */
    @Test
    void aCertificateWithoutThatOfItsAuthorityIsRefused() {
        assertRefused("alone", INVALID_CLIENT);
    }

    @Test
    void anotherCertificateThatSignedItselfIsRefused() {
        assertRefused("other-self", INVALID_CLIENT);
    }

    @Test
    void anAssertionByAnotherKeyIsRefused() {
        assertRefused("other-signing", INVALID_CLIENT);
    }

    @Test
    void withoutACertificateTheSecretIsRefused() {
        assertRefused("secret", INVALID_CLIENT);
    }

    /** The server names its authorities, so the JVM shows none of the others. */
    @Test
    void aCertificateOfAnAuthorityThatTheServerDoesNotNameIsNotShownAndItsAbsenceIsRefused() {
        assertRefused("stranger", "status 401 without a body");
    }

    /** The same name with another key: the server ends the connection. */
    @Test
    void aCertificateOfAnAuthorityThatOnlyHasTheNameIsRefused() {
        assertRefused("impostor", "in TLS: certificate_unknown");
    }

    @Test
    void aServerThatTheBundleDoesNotTrustIsSentNothing() {
        assertUnreachable("distrusting", "PKIX path");
    }

    /** It is the same server, with a certificate for 127.0.0.1 that both trust. */
    @Test
    void aServerUnderAnotherNameThanItsCertificatesIsSentNothing() {
        assertUnreachable("certificate-elsewhere", "localhost");
        assertUnreachable("key-elsewhere", "localhost");
    }

    private static void assertExchanges(String route) throws ParseException {
        tier.reset();
        String alice = issuer.tokenOf("alice");

        HttpResponse<String> answer = get(route, alice);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JWTClaimsSet claims = SignedJWT.parse(tier.last().bearer()).getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo(issuer.url());
        assertThat(claims.getSubject()).isEqualTo("alice");
        assertThat(claims.getAudience()).containsExactly("orders-api");
        assertThat(claims.getStringClaim("client_id")).isEqualTo("gateway");
        assertThat(tier.last().everything()).doesNotContain(alice);
    }

    private static void assertRefused(String route, String words) {
        tier.reset();

        HttpResponse<String> answer = get(route, issuer.tokenOf("alice"));

        assertThat(answer.body())
                .contains("\"code\":\"client_refused\"")
                .doesNotContain("x509", "ertificate", "ssertion");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(tier.received()).isEmpty();
        assertThat(gateway.log()).containsPattern("ERROR .*code=client_refused client=" + route + " .*" + words);
    }

    private static void assertUnreachable(String route, String reason) {
        tier.reset();
        String alice = issuer.tokenOf("alice");
        int before = issuer.tokenAnswers().size();

        HttpResponse<String> answer = get(route, alice);

        assertThat(answer.body()).contains("\"code\":\"authorization_server_unavailable\"");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(tier.received()).isEmpty();
        assertThat(issuer.tokenAnswers()).hasSize(before);
        assertThat(gateway.log()).containsPattern("client=" + route + " .*" + reason);
    }

    private static HttpResponse<String> get(String route, String token) {
        return gateway.send(
                gateway.request("/" + route + "/1")
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void write(String name, TestKey key, TestKey... above) throws IOException {
        StringBuilder chain = new StringBuilder(key.certificatePem());
        for (TestKey each : above) {
            chain.append(each.certificatePem());
        }
        Files.writeString(folder.resolve(name + ".crt"), chain);
        Files.writeString(folder.resolve(name + ".key"), key.privateKeyPem());
    }

    private static Path trustStore(TestKey server) throws IOException, GeneralSecurityException {
        Path file = folder.resolve("trusted.p12");
        KeyStore store = Objects.requireNonNull(
                TestKey.bundleOfTrustIn(server).getStores().getTrustStore());
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, TestKey.password());
        }
        return file;
    }

    private static RSAKey signatures(TestKey key) {
        return new RSAKey.Builder((RSAPublicKey) key.certificate().getPublicKey())
                .keyUse(KeyUse.SIGNATURE)
                .keyID("signing")
                .build();
    }

    private static ECKey certificate(TestKey key) {
        return new ECKey.Builder(Curve.P_256, (ECPublicKey) key.certificate().getPublicKey())
                .keyID("self")
                .x509CertChain(List.of(Base64.encode(key.der())))
                .build();
    }
}
