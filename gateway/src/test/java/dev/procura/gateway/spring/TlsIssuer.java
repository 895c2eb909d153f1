package dev.procura.gateway.spring;

import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.testkit.SampleIssuerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The sample issuer over TLS, which asks whoever connects for a certificate and also takes those who show none. It writes
 * down what it is asked.
 */
final class TlsIssuer implements AutoCloseable {

    /** In a distinguished name of two parts, as RFC 2253 writes it. */
    static final String GATEWAY_SUBJECT = "CN=gateway,O=Procura Test";

    static final String GATEWAY_SECRET = UUID.randomUUID().toString();

    private final SampleIssuerProcess process;
    private final Path accessLogs;
    private final HttpClient http;

    private TlsIssuer(SampleIssuerProcess process, Path accessLogs, HttpClient http) {
        this.process = process;
        this.accessLogs = accessLogs;
        this.http = http;
    }

    /**
     * @param folder for files
     * @param key its own
     * @param clients the certificates whose connections it takes, and those signed by them
     */
    static TlsIssuer start(Path folder, TestKey key, List<TestKey> clients, PublicKeys gateway) throws IOException {
        Path certificate = Files.writeString(folder.resolve("issuer.crt"), key.certificatePem());
        Path privateKey = Files.writeString(folder.resolve("issuer.key"), key.privateKeyPem());
        Path trusted = Files.writeString(
                folder.resolve("issuer-trusts.crt"),
                String.join("", clients.stream().map(TestKey::certificatePem).toList()));
        Path accessLogs = Files.createDirectory(folder.resolve("asked"));
        SampleIssuerProcess process = SampleIssuerProcess.start(
                "https",
                Map.of(
                        "SAMPLE_GATEWAY_SECRET",
                        GATEWAY_SECRET,
                        "SAMPLE_ORDERS_API_SECRET",
                        UUID.randomUUID().toString()),
                "--sample.gateway-proof.jwk-set-uri=" + gateway.url(),
                "--sample.gateway-proof.certificate-subject=" + GATEWAY_SUBJECT,
                "--server.ssl.certificate=" + certificate.toUri(),
                "--server.ssl.certificate-private-key=" + privateKey.toUri(),
                "--server.ssl.trust-certificate=" + trusted.toUri(),
                "--server.ssl.client-auth=want",
                "--server.tomcat.accesslog.enabled=true",
                "--server.tomcat.accesslog.buffered=false",
                "--server.tomcat.accesslog.pattern=%m %U %s",
                "--server.tomcat.accesslog.directory=" + accessLogs);
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .sslContext(TestKey.bundleOfTrustIn(key).createSslContext())
                .build();
        return new TlsIssuer(process, accessLogs, http);
    }

    String url() {
        return process.url();
    }

    int port() {
        return URI.create(url()).getPort();
    }

    String tokenOf(String user) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/demo/token?user=" + user))
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** How it has answered at its token endpoint, in the order of the answers. */
    List<String> tokenAnswers() {
        try (Stream<Path> files = Files.list(accessLogs)) {
            return files.flatMap(TlsIssuer::lines)
                    .filter(line -> line.startsWith("POST /oauth2/token "))
                    .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
