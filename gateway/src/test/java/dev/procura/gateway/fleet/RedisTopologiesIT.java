package dev.procura.gateway.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.procura.gateway.fixture.MutableClock;
import dev.procura.gateway.fixture.TestKey;
import dev.procura.gateway.testkit.FreePort;
import dev.procura.gateway.testkit.RedisServer;
import dev.procura.gateway.testkit.RunningGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The store where Redis is more than one process, speaks TLS, or gives its user few rights. */
final class RedisTopologiesIT {

    private static final Instant NOW = Instant.parse("2027-03-01T10:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int SLOTS = 16384;

    /** The line of docs/configuration.md. */
    private static final String USER =
            "user procura on >s3cr3t ~procura:* resetchannels &procura:* -@all +ping +hello +getrange +set +del"
                    + " +incr +eval +zadd +zscore +zremrangebyscore +zrevrange +zrevrangebyscore +pexpire +publish +subscribe"
                    + " +unsubscribe";

    /** In a Cluster, the client asks who has which slots. */
    private static final String CLUSTER_USER = USER + " +cluster|nodes +info";

    private final Clock clock = MutableClock.at(NOW);

    @Test
    void aUserWithTheRightsOfTheDocsCanDoEverythingAndNothingElse() {
        try (RedisServer redis = RedisServer.start(USER);
                RedisClients clients = new RedisClients()) {
            RedisStandaloneConfiguration where = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
            where.setUsername("procura");
            where.setPassword("s3cr3t");

            doEverything(new RedisStore(clients.to(where), clock));

            assertThat(redis.dump().keySet()).isNotEmpty().allMatch(name -> name.startsWith("procura:"));
        }
    }

    @Test
    void aUserWithTheWrongPasswordReachesNothing() {
        try (RedisServer redis = RedisServer.start(USER);
                RedisClients clients = new RedisClients()) {
            RedisStandaloneConfiguration where = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
            where.setUsername("procura");
            where.setPassword("wrong");

            assertThatThrownBy(() -> get(new RedisStore(clients.to(where), clock).get("a")))
                    .isInstanceOf(SharedStore.OutOfReach.class)
                    .hasMessage("WRONGPASS");
        }
    }

    @Test
    void aClusterKeepsEveryNameSomewhere() {
        List<RedisServer> nodes = IntStream.range(0, 3)
                .mapToObj(i -> RedisServer.start(
                        "cluster-enabled yes",
                        "cluster-config-file nodes.conf",
                        "cluster-node-timeout 2000",
                        CLUSTER_USER))
                .toList();
        try (RedisClients clients = new RedisClients()) {
            join(nodes);
            RedisClusterConfiguration where = new RedisClusterConfiguration(
                    List.of("127.0.0.1:" + nodes.get(0).port()));
            where.setUsername("procura");
            where.setPassword("s3cr3t");
            RedisStore store = new RedisStore(clients.to(where), clock);

            doEverything(store);
            for (int i = 0; i < 50; i++) {
                get(store.put("name " + i, bytes("value " + i), MINUTE));
            }

            for (int i = 0; i < 50; i++) {
                assertThat(get(store.get("name " + i))).isEqualTo(bytes("value " + i));
            }
            assertThat(nodes).allMatch(node -> !node.dump().isEmpty());
        } finally {
            nodes.forEach(RedisServer::close);
        }
    }

    @Test
    void afterAFailoverOfSentinelItGoesOnByItself() {
        try (RedisServer primary = RedisServer.start();
                RedisServer replica = RedisServer.start("replicaof 127.0.0.1 " + primary.port());
                RedisServer sentinel = RedisServer.startSentinel(
                        "sentinel monitor fleet 127.0.0.1 " + primary.port() + " 1",
                        "sentinel down-after-milliseconds fleet 500",
                        "sentinel failover-timeout fleet 2000");
                RedisClients clients = new RedisClients()) {
            await().atMost(PATIENCE)
                    .until(() -> replica.text("INFO", "replication").contains("master_link_status:up"));
            await().atMost(PATIENCE)
                    .until(() -> sentinel.text("INFO", "sentinel").contains("slaves=1"));
            RedisStore store = new RedisStore(
                    clients.to(new RedisSentinelConfiguration("fleet", Set.of("127.0.0.1:" + sentinel.port()))), clock);
            doEverything(store);
            get(store.put("kept", bytes("value"), MINUTE));
            await().atMost(PATIENCE).until(() -> replica.dump().containsKey("procura:kept"));

            primary.kill();

            await().atMost(PATIENCE).until(() -> answers(store.put("later", bytes("value"), MINUTE)));
            assertThat(get(store.get("kept"))).isEqualTo(bytes("value"));
            assertThat(replica.dump()).containsKey("procura:later");
        }
    }

    @Test
    void aGatewaySpeaksTlsAndShowsWhoItIs(@TempDir Path folder) throws IOException {
        assertThat(RedisServer.speaksTls())
                .as("the Redis of this machine has to be built with TLS: -Dprocura.test.redis takes another one")
                .isTrue();
        TestKey key = TestKey.ofServer("127.0.0.1");
        Path certificate = Files.writeString(folder.resolve("redis.crt"), key.certificatePem());
        Path privateKey = Files.writeString(folder.resolve("redis.key"), key.privateKeyPem());
        int port = FreePort.find();
        try (RedisServer redis = RedisServer.start(
                        "tls-port " + port,
                        "tls-cert-file " + certificate,
                        "tls-key-file " + privateKey,
                        "tls-ca-cert-file " + certificate,
                        "tls-auth-clients no",
                        USER);
                RunningGateway gateway = RunningGateway.start("""
                        procura:
                          issuers:
                            corp: { issuer: http://127.0.0.1:9, audiences: [gateway] }
                          routes:
                            - id: status
                              path: /status
                              uri: http://127.0.0.1:9
                              require: { caller: anyone }
                              credential: { none: true }
                          cache: { shared: redis, seal-keys: ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="] }
                        spring:
                          data.redis: { host: 127.0.0.1, port: %d, username: procura, password: s3cr3t, ssl: { bundle: redis } }
                          ssl.bundle.pem.redis.truststore.certificate: "file:%s"
                        """.formatted(port, certificate))) {
            SharedStore store = gateway.bean(SharedStore.class);
            await().atMost(PATIENCE).until(() -> answers(store.number("n")));

            get(store.put("a", bytes("value"), MINUTE));

            assertThat(redis.dump()).containsKey("procura:a");
        }
    }

    private void doEverything(SharedStore store) {
        get(store.put("a", bytes("value"), MINUTE));
        assertThat(get(store.get("a"))).isEqualTo(bytes("value"));
        assertThat(get(store.lease("lease", bytes("me"), MINUTE))).isTrue();
        get(store.release("lease", bytes("me")));
        assertThat(get(store.lease("lease", bytes("you"), MINUTE))).isTrue();
        get(store.enlist("set", bytes("member"), NOW.plus(MINUTE)));
        assertThat(get(store.enlisted("set", NOW, 10)).members()).hasSize(1);
        assertThat(get(store.increase("n", 5))).isEqualTo(6);
        assertThat(get(store.number("n"))).isEqualTo(6);
        List<byte[]> heard = new CopyOnWriteArrayList<>();
        Disposable hearing = store.hear("topic").subscribe(heard::add);
        await().atMost(PATIENCE).until(() -> {
            get(store.tell("topic", bytes("hello")));
            return !heard.isEmpty();
        });
        hearing.dispose();
    }

    /** Gives each node a third of the slots, and has them meet. */
    private static void join(List<RedisServer> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            IntStream.range(SLOTS * i / nodes.size(), SLOTS * (i + 1) / nodes.size())
                    .forEach(slot -> command.add("" + slot));
            nodes.get(i).ask(command.toArray(String[]::new));
            nodes.get(0).ask("CLUSTER", "MEET", "127.0.0.1", "" + nodes.get(i).port());
        }
        await().atMost(PATIENCE)
                .until(() -> Stream.of("cluster_state:ok", "cluster_known_nodes:3")
                        .allMatch(line -> nodes.stream()
                                .allMatch(node -> node.text("CLUSTER", "INFO").contains(line))));
    }

    private static boolean answers(Mono<?> command) {
        try {
            command.block(PATIENCE);
            return true;
        } catch (SharedStore.OutOfReach | Refused e) {
            return false;
        }
    }

    private static <T> T get(Mono<T> mono) {
        return mono.block(PATIENCE);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
