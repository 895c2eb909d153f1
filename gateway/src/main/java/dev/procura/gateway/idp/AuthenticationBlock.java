package dev.procura.gateway.idp;

import dev.procura.gateway.problem.InvalidSetting;
import dev.procura.gateway.token.Secret;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import reactor.netty.tcp.SslProvider;

/**
 * What a block of {@code procura.clients} says about how the client proves itself, and what can be wrong with it. A key
 * that means nothing beside the chosen method is refused: whoever wrote it expected something of it.
 */
record AuthenticationBlock(
        String block, ClientProperties properties, AssertionDefaults defaults, SslBundles bundles, Clock clock) {

    private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);

    ClientAuthentication read() {
        ClientAuthenticationMethod method = properties.authentication();
        refuseOthers(method);
        return switch (method) {
            case CLIENT_SECRET_BASIC -> new ClientSecretBasic(secret());
            case CLIENT_SECRET_POST -> new ClientSecretPost(secret());
            case PRIVATE_KEY_JWT -> privateKeyJwt();
            case TLS_CLIENT_AUTH -> new TlsClientAuth(bundle(AuthenticationBlock::sslProvider));
            case ASSERTION_FILE ->
                new AssertionFile(
                        file("assertion-file", properties.assertionFile(), "assertion-file: /var/run/secrets/token"),
                        defaults.namesClient());
        };
    }

    private static Set<String> keysOf(ClientAuthenticationMethod method) {
        return switch (method) {
            case CLIENT_SECRET_BASIC, CLIENT_SECRET_POST -> Set.of("client-secret", "client-secret-file");
            case PRIVATE_KEY_JWT ->
                Set.of(
                        "ssl-bundle",
                        "key-id",
                        "assertion-audience",
                        "assertion-algorithm",
                        "assertion-life",
                        "assertion-thumbprint");
            case TLS_CLIENT_AUTH -> Set.of("ssl-bundle");
            case ASSERTION_FILE -> Set.of("assertion-file");
        };
    }

    private void refuseOthers(ClientAuthenticationMethod method) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("client-secret", properties.clientSecret());
        keys.put("client-secret-file", properties.clientSecretFile());
        keys.put("ssl-bundle", properties.sslBundle());
        keys.put("key-id", properties.keyId());
        keys.put("assertion-audience", properties.assertionAudience());
        keys.put("assertion-algorithm", properties.assertionAlgorithm());
        keys.put("assertion-life", properties.assertionLife());
        keys.put("assertion-thumbprint", properties.assertionThumbprint());
        keys.put("assertion-file", properties.assertionFile());
        keys.forEach((name, value) -> {
            if (value != null && !keysOf(method).contains(name)) {
                throw invalid(name, "means nothing beside authentication: " + spelled(method), "");
            }
        });
    }

    private Supplier<Secret> secret() {
        Secret secret = properties.clientSecret();
        if (secret != null && properties.clientSecretFile() != null) {
            throw invalid("client-secret-file", "stands beside client-secret: one of the two has to go", "");
        }
        if (properties.clientSecretFile() != null) {
            return file("client-secret-file", properties.clientSecretFile(), "");
        }
        if (secret == null || secret.isBlank()) {
            throw invalid(
                    "client-secret",
                    "is missing, or empty (client-secret-file is the other way to give it)",
                    "client-secret: ${GATEWAY_SECRET}");
        }
        return () -> secret;
    }

    private SecretFile file(String name, @Nullable Path path, String example) {
        if (path == null) {
            throw invalid(name, "is missing", example);
        }
        return SecretFile.of(key(name), path);
    }

    private PrivateKeyJwt privateKeyJwt() {
        AssertionKey.Options options = new AssertionKey.Options(
                text("key-id", properties.keyId(), "key-id: gateway-2027"),
                Optional.ofNullable(properties.assertionAlgorithm()),
                Optional.ofNullable(properties.assertionThumbprint()),
                defaults);
        return new PrivateKeyJwt(
                bundle(bundle -> AssertionKey.of(ClientKey.of(bundle), options)),
                audience(),
                life(),
                defaults.namesClient(),
                clock);
    }

    private Optional<String> audience() {
        Optional<String> configured = text(
                "assertion-audience",
                properties.assertionAudience(),
                "assertion-audience: https://id.example.com/realms/corp");
        return configured.isPresent() || defaults.audience() == AssertionDefaults.Audience.TOKEN_ENDPOINT
                ? configured
                : Optional.ofNullable(properties.issuer());
    }

    private Duration life() {
        Duration life = properties.assertionLife();
        if (life == null) {
            return defaults.life();
        }
        if (life.compareTo(SHORTEST_LIFE) < 0 || life.compareTo(defaults.longestLife()) > 0) {
            throw invalid(
                    "assertion-life",
                    "is not between 1s and " + defaults.longestLife().toSeconds() + "s, the most for this dialect",
                    "assertion-life: " + defaults.life().toSeconds() + "s");
        }
        return life;
    }

    private Optional<String> text(String name, @Nullable String value, String example) {
        if (value != null && value.isBlank()) {
            throw invalid(name, "is empty", example);
        }
        return Optional.ofNullable(value);
    }

    private <T> BundleValue<T> bundle(BundleValue.Maker<T> maker) {
        String name = properties.sslBundle();
        if (name == null || name.isBlank()) {
            throw invalid(
                    "ssl-bundle",
                    "is missing: the spring.ssl.bundle with the client's key and certificate",
                    "ssl-bundle: gateway-client");
        }
        return BundleValue.of(key("ssl-bundle"), name, bundles, maker);
    }

    private static SslProvider sslProvider(SslBundle bundle) throws GeneralSecurityException, SSLException {
        ClientKey key = ClientKey.of(bundle);
        SslContextBuilder context = SslContextBuilder.forClient()
                .keyManager(key.privateKey(), key.chain().toArray(X509Certificate[]::new))
                // The JVM's trust store, where the bundle has none.
                .trustManager(bundle.getManagers().getTrustManagerFactory())
                .endpointIdentificationAlgorithm("HTTPS");
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            context.protocols(protocols);
        }
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            context.ciphers(List.of(ciphers));
        }
        return SslProvider.builder().sslContext(context.build()).build();
    }

    private static String spelled(ClientAuthenticationMethod method) {
        return method.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private InvalidSetting invalid(String name, String reason, String example) {
        return new InvalidSetting(key(name), reason, example);
    }

    private String key(String name) {
        return "procura.clients." + block + "." + name;
    }
}
