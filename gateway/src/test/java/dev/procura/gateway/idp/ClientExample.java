package dev.procura.gateway.idp;

import dev.procura.gateway.credential.Client;
import dev.procura.gateway.fixture.IssuerExample;
import dev.procura.gateway.token.Secret;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

/** One block of {@code procura.clients}, of which a test says only what matters to it. */
record ClientExample(
        @Nullable String issuer,
        @Nullable String tokenUri,
        @Nullable DialectName dialect,
        @Nullable String clientId,
        ClientAuthenticationMethod authentication,
        @Nullable String secret,
        List<String> subjectIssuers,
        Duration timeout,
        int maxInFlight,
        boolean isInsecure) {

    static final String SECRET = "s3cret-word";

    static ClientExample keycloak(String issuer) {
        return new ClientExample(
                issuer,
                null,
                DialectName.KEYCLOAK,
                "gateway",
                ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
                SECRET,
                List.of(),
                Duration.ofSeconds(5),
                64,
                false);
    }

    /** A server of the standard that is asked at this address. */
    static ClientExample askedAt(String tokenUri) {
        return keycloak("https://id.example.com/realms/corp").tokenUri(tokenUri).dialect(DialectName.RFC8693);
    }

    ClientExample issuer(@Nullable String issuer) {
        return new ClientExample(
                issuer,
                tokenUri,
                dialect,
                clientId,
                authentication,
                secret,
                subjectIssuers,
                timeout,
                maxInFlight,
                isInsecure);
    }

    ClientExample tokenUri(String uri) {
        return new ClientExample(
                issuer,
                uri,
                dialect,
                clientId,
                authentication,
                secret,
                subjectIssuers,
                timeout,
                maxInFlight,
                isInsecure);
    }

    ClientExample dialect(@Nullable DialectName name) {
        return new ClientExample(
                issuer,
                tokenUri,
                name,
                clientId,
                authentication,
                secret,
                subjectIssuers,
                timeout,
                maxInFlight,
                isInsecure);
    }

    ClientExample clientId(@Nullable String id) {
        return new ClientExample(
                issuer,
                tokenUri,
                dialect,
                id,
                authentication,
                secret,
                subjectIssuers,
                timeout,
                maxInFlight,
                isInsecure);
    }

    ClientExample authentication(ClientAuthenticationMethod method) {
        return new ClientExample(
                issuer, tokenUri, dialect, clientId, method, secret, subjectIssuers, timeout, maxInFlight, isInsecure);
    }

    ClientExample secret(@Nullable String text) {
        return new ClientExample(
                issuer,
                tokenUri,
                dialect,
                clientId,
                authentication,
                text,
                subjectIssuers,
                timeout,
                maxInFlight,
                isInsecure);
    }

    ClientExample subjectIssuers(String... names) {
        return new ClientExample(
                issuer,
                tokenUri,
                dialect,
                clientId,
                authentication,
                secret,
                List.of(names),
                timeout,
                maxInFlight,
                isInsecure);
    }

    ClientExample timeout(Duration timeout) {
        return new ClientExample(
                issuer,
                tokenUri,
                dialect,
                clientId,
                authentication,
                secret,
                subjectIssuers,
                timeout,
                maxInFlight,
                isInsecure);
    }

    ClientExample maxInFlight(int calls) {
        return new ClientExample(
                issuer,
                tokenUri,
                dialect,
                clientId,
                authentication,
                secret,
                subjectIssuers,
                timeout,
                calls,
                isInsecure);
    }

    ClientExample insecureHttp() {
        return new ClientExample(
                issuer,
                tokenUri,
                dialect,
                clientId,
                authentication,
                secret,
                subjectIssuers,
                timeout,
                maxInFlight,
                true);
    }

    ClientProperties properties() {
        return new ClientProperties(
                issuer,
                tokenUri,
                dialect,
                null,
                clientId,
                authentication,
                secret == null ? null : Secret.of(secret),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(),
                subjectIssuers,
                timeout,
                maxInFlight,
                isInsecure);
    }

    /** Clients of these blocks, without a bundle, by the clock of the machine. */
    static Clients clients(Map<String, ClientProperties> blocks, Set<String> issuerNames) {
        return Clients.of(
                blocks,
                IssuerExample.blocks(issuerNames.toArray(String[]::new)),
                new DefaultSslBundleRegistry(),
                Clock.systemUTC());
    }

    /** The only block of most tests. */
    static Client registeredIn(Clients clients) {
        return Objects.requireNonNull(clients.named("gateway"));
    }
}
