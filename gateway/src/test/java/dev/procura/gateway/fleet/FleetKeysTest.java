package dev.procura.gateway.fleet;

import static dev.procura.gateway.fixture.CallerExample.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.procura.gateway.fixture.FleetExample;
import dev.procura.gateway.fixture.SchedulerClock;
import dev.procura.gateway.problem.Alarm;
import dev.procura.gateway.problem.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

final class FleetKeysTest {

    private static final byte[] CONTEXT = "user contexts".getBytes(UTF_8);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final SchedulerClock clock = new SchedulerClock(time, NOW);
    private final StoreExample store = new StoreExample(clock);
    private final List<Replica> replicas = new ArrayList<>();

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One of several gateways. */
    private final class Replica {

        final StoreExample.Line line = store.line();
        final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        final ECKey key;
        final FleetKeys fleet;

        Replica(ECKey key, String... keyNames) {
            this.key = key;
            this.fleet = new FleetKeys(
                    line,
                    FleetExample.seals(keyNames),
                    new JWKSet(key),
                    new FleetKeys.Surroundings(new Alarms(meters), time, clock));
            replicas.add(this);
        }

        Replica start() {
            fleet.start();
            pass(Duration.ofMillis(50));
            return this;
        }

        List<String> published() throws Exception {
            return JWKSet.parse(fleet.document()).getKeys().stream()
                    .map(JWK::getKeyID)
                    .toList();
        }

        int alarms() {
            return (int) meters.counter(Alarms.COUNTER, "code", Alarm.SHARED_RECORD_REFUSED.code())
                    .count();
        }
    }

    @AfterEach
    void stop() {
        replicas.forEach(replica -> replica.fleet.stop());
    }

    private Replica replica(String... keyNames) {
        return new Replica(newKey(), keyNames.length == 0 ? new String[] {"one"} : keyNames);
    }

    private void pass(Duration step) {
        time.advanceTimeBy(step);
    }

    private static String register(String key) {
        return FleetExample.seals(key).names(Purpose.PUBLIC_KEY, CONTEXT).get(0);
    }

    private static byte[] sealed(String serverKey, byte[] plain) {
        return FleetExample.seals(serverKey).sealRecord(Purpose.PUBLIC_KEY, CONTEXT, plain);
    }

    @Test
    void everyReplicaPublishesTheKeysOfAllItsOwnFirst() throws Exception {
        Replica one = replica().start();
        Replica other = replica().start();

        pass(Duration.ofMillis(50));

        assertThat(one.published()).containsExactly(one.key.getKeyID(), other.key.getKeyID());
        assertThat(other.published()).containsExactly(other.key.getKeyID(), one.key.getKeyID());
    }

    @Test
    void aMessageThatIsLostCostsSeconds() throws Exception {
        Replica one = replica().start();
        one.line.isDeaf = true;
        Replica other = replica().start();

        pass(FleetKeys.TICK);

        assertThat(one.published()).contains(other.key.getKeyID());
    }

    /** A tier would believe whatever is signed with it. */
    @Test
    void aKeyThatSomebodyHasWrittenIntoTheStoreIsNeverPublished() throws Exception {
        Replica one = replica().start();
        ECKey forged = newKey();
        byte[] record = PublicKeyCodec.encode(forged, NOW.plusSeconds(300));
        byte[] genuine = store.now()
                .enlisted(register("one"), NOW, 10)
                .toFuture()
                .join()
                .members()
                .get(0);
        byte[] spliced = genuine.clone();
        System.arraycopy(record, 8, spliced, 13 + 8, 64);
        Seals seals = FleetExample.seals("one");
        for (byte[] attempt : List.of(
                record,
                forged.toPublicJWK().toJSONString().getBytes(UTF_8),
                sealed("foreign", record),
                seals.sealRecord(Purpose.REVOCATION, CONTEXT, record),
                seals.sealRecord(Purpose.PUBLIC_KEY, "others".getBytes(UTF_8), record),
                seals.seal(Purpose.PUBLIC_KEY, new byte[0], CONTEXT, record),
                spliced,
                new byte[0])) {
            store.plant(register("one"), attempt, Instant.MAX);
        }

        pass(Duration.ofMinutes(2));

        assertThat(one.published()).containsExactly(one.key.getKeyID());
        assertThat(one.alarms()).isPositive();
    }

    /** Not even a replica's mistake makes a key that no tier should take. */
    @Test
    void whatIsSealedAndNoPointOfTheCurveIsNotPublished() throws Exception {
        byte[] off = PublicKeyCodec.encode(newKey(), NOW.plusSeconds(300));
        off[40] ^= 1;
        byte[] zero = ByteBuffer.allocate(72)
                .putLong(NOW.plusSeconds(300).getEpochSecond())
                .array();
        for (byte[] plain : List.of(off, zero, new byte[0], new byte[71], new byte[73])) {
            store.plant(register("one"), sealed("one", plain), Instant.MAX);
        }

        Replica one = replica().start();

        assertThat(one.published()).containsExactly(one.key.getKeyID());
        assertThat(one.alarms()).isEqualTo(1);
    }

    @Test
    void whatIsPublishedOfOthersIsWhatTiersNeedAndNothingElse() throws Exception {
        replica().start();
        Replica other = replica().start();
        pass(FleetKeys.TICK);

        for (Map<String, Object> key : JWKSet.parse(other.fleet.document()).getKeys().stream()
                .map(JWK::toJSONObject)
                .toList()) {
            assertThat(key).containsOnlyKeys("kty", "crv", "x", "y", "use", "alg", "kid");
            assertThat(key)
                    .containsEntry("use", "sig")
                    .containsEntry("alg", "ES256")
                    .containsEntry("crv", "P-256");
            assertThat(JWK.parse(key).computeThumbprint()).hasToString((String) key.get("kid"));
        }
    }

    @Test
    void noPrivatePartLeaves() {
        Replica one = replica().start();
        pass(Duration.ofMinutes(2));
        byte[] secret = one.key.getD().decode();

        byte[] plain = PublicKeyCodec.encode(one.key, NOW);
        assertThat(plain).hasSize(72);
        assertThat(contains(plain, secret)).isFalse();
        assertThat(one.fleet.document()).doesNotContain(one.key.getD().toString(), "\"d\"");
        assertThat(store.now().everythingSeen()).isNotEmpty().allSatisfy(bytes -> {
            assertThat(contains(bytes, secret)).isFalse();
            assertThat(new String(bytes, UTF_8)).doesNotContain(one.key.getD().toString());
            FleetExample.seals("one")
                    .openRecord(Purpose.PUBLIC_KEY, CONTEXT, bytes)
                    .ifPresent(opened -> assertThat(contains(opened, secret)).isFalse());
        });
    }

    private static boolean contains(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at++) {
            if (java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aReplicaThatIsGoneIsForgottenAfterItsEnd() throws Exception {
        Replica one = replica().start();
        Replica gone = replica().start();
        pass(Duration.ofSeconds(5));
        gone.fleet.stop();

        pass(FleetKeys.LIFE.minusSeconds(70));
        assertThat(one.published()).contains(gone.key.getKeyID());
        pass(Duration.ofSeconds(80));
        assertThat(one.published()).containsExactly(one.key.getKeyID());
    }

    @Test
    void withoutTheStoreTheLastKnownKeysStayUntilTheirEnd() throws Exception {
        Replica one = replica().start();
        Replica other = replica().start();
        pass(Duration.ofSeconds(5));
        one.line.isCut = true;

        pass(Duration.ofMinutes(8));
        assertThat(one.published()).contains(other.key.getKeyID());
        pass(Duration.ofMinutes(3));
        assertThat(one.published()).containsExactly(one.key.getKeyID());

        one.line.isCut = false;
        pass(FleetKeys.TICK);
        assertThat(one.published()).contains(other.key.getKeyID());
    }

    @Test
    void aStoreThatComesBackEmptyIsToldAgain() throws Exception {
        Replica one = replica().start();
        store.restartEmpty();

        pass(FleetKeys.ENLIST_AGAIN.plusSeconds(6));
        Replica late = replica().start();

        assertThat(late.published()).contains(one.key.getKeyID());
    }

    @Test
    void onlySoManyKeysArePublishedAndTheOwnOneIsAmongThem() throws Exception {
        for (int i = 0; i < 100; i++) {
            store.plant(
                    register("one"),
                    sealed("one", PublicKeyCodec.encode(newKey(), NOW.plusSeconds(300))),
                    NOW.plusSeconds(300));
        }

        Replica one = replica().start();

        assertThat(one.published()).hasSize(FleetKeys.MAX_KEYS).startsWith(one.key.getKeyID());
    }

    @Test
    void theOwnKeyIsThereOnce() throws Exception {
        ECKey key = newKey();
        Replica one = new Replica(key, "one").start();
        new Replica(key, "one").start();

        pass(FleetKeys.TICK);

        assertThat(one.published()).containsExactly(key.getKeyID());
    }

    @Test
    void theStartWaitsUntilTheOthersCanKnowTheKeyAndNotForEver() {
        Replica one = replica();
        one.fleet.start();
        CompletableFuture<Void> started =
                one.fleet.started(FleetRevocations.PATIENCE).toFuture();
        pass(Duration.ofMillis(50));
        assertThat(started).isCompleted();

        Replica cut = replica();
        cut.line.isCut = true;
        cut.fleet.start();
        CompletableFuture<Void> late =
                cut.fleet.started(FleetRevocations.PATIENCE).toFuture();
        pass(FleetRevocations.PATIENCE.minusMillis(100));
        assertThat(late).isNotCompleted();
        pass(Duration.ofMillis(200));
        assertThat(late).isCompleted();
    }

    /** Its own key is refused: the others' are published all the same. */
    @Test
    void aReplicaThatMayNotWriteStillReads() throws Exception {
        Replica one = replica().start();
        Replica other = replica();
        other.line.unwritable = true;
        other.start();

        assertThat(other.published()).containsExactly(other.key.getKeyID(), one.key.getKeyID());
        assertThat(other.alarms()).isEqualTo(1);
    }

    @Test
    void keysAreKnownWhileServerKeysRotate() throws Exception {
        Replica old = replica("old").start();
        Replica both = replica("old", "new").start();
        Replica turned = replica("new", "old").start();

        pass(FleetKeys.TICK.multipliedBy(2));

        assertThat(both.published()).contains(old.key.getKeyID(), turned.key.getKeyID());
        assertThat(turned.published()).contains(old.key.getKeyID(), both.key.getKeyID());
    }

    @Test
    void theDocumentIsServedFromMemory() {
        Replica one = replica().start();
        int before = one.line.asked;

        for (int i = 0; i < 1_000; i++) {
            one.fleet.document();
        }

        assertThat(one.line.asked).isEqualTo(before);
    }
}
