package dev.procura.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.procura.gateway.testkit.RedisServer;
import dev.procura.gateway.testkit.RunningGateway;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Two gateways with a key of their own each: a tier may ask either for the keys of both. */
@ExtendWith(OutputCaptureExtension.class)
final class FleetKeysTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String CONFIGURATION = """
            procura:
              public-url: http://127.0.0.1:8080
              issuers:
                corp: { issuer: http://127.0.0.1:9, audiences: [gateway] }
              clients:
                gateway: { issuer: http://127.0.0.1:9, dialect: rfc8693, client-id: gateway, client-secret: s }
              routes:
                - id: reports
                  path: /reports/**
                  uri: http://127.0.0.1:9
                  credential: { client-credentials: gateway, audience: reports-api, user-context: signed }
            """;

    /** base64 of 32 bytes, of no use elsewhere */
    private static final String SHARED = CONFIGURATION + """
              cache: { shared: redis, seal-keys: ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="] }
            """;

    @Test
    void eachReplicaPublishesTheKeysOfBothItsOwnFirst(CapturedOutput output) throws Exception {
        try (RedisServer redis = RedisServer.start();
                RunningGateway one = RunningGateway.start(SHARED + redis.yaml());
                RunningGateway other = RunningGateway.start(SHARED + redis.yaml())) {
            String first = published(one).get(0);
            String second = published(other).get(0);

            assertThat(first).isNotEqualTo(second);
            await().atMost(PATIENCE).until(() -> published(one).equals(List.of(first, second)));
            await().atMost(PATIENCE).until(() -> published(other).equals(List.of(second, first)));
            assertThat(one.get("/.well-known/jwks.json").headers().firstValue("Cache-Control"))
                    .hasValue("public, max-age=300");
            assertThat(one.get("/.well-known/jwks.json").body()).doesNotContain("\"d\"");
        }
        assertThat(output).doesNotContain("serves one replica only");
    }

    @Test
    void withoutRedisItStartsSoonAndPublishesItsOwn(CapturedOutput output) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            redis.kill();
            try (RunningGateway alone = RunningGateway.start(SHARED + redis.yaml())) {
                assertThat(published(alone)).hasSize(1);
            }
        }
        assertThat(output).contains("starting without the revocations of the other replicas", "code=fleet_cut_off");
    }

    @Test
    void aReplicaThatSharesNothingSaysThatItsKeyServesOne(CapturedOutput output) throws Exception {
        try (RunningGateway alone = RunningGateway.start(CONFIGURATION)) {
            assertThat(published(alone)).hasSize(1);
        }
        assertThat(output).contains("serves one replica only");
    }

    private static List<String> published(RunningGateway gateway) throws ParseException {
        return JWKSet.parse(gateway.get("/.well-known/jwks.json").body()).getKeys().stream()
                .map(JWK::getKeyID)
                .toList();
    }
}
