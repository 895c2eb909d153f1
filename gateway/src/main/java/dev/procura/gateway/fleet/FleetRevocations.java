package dev.procura.gateway.fleet;

import dev.procura.gateway.inbound.Revocation;
import dev.procura.gateway.inbound.RevocationSpread;
import dev.procura.gateway.inbound.Revocations;
import dev.procura.gateway.problem.Alarm;
import dev.procura.gateway.problem.AlarmPace;
import dev.procura.gateway.problem.Alarms;
import dev.procura.gateway.problem.Prose;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes what one replica revokes known to all. Every revocation is a sealed record in a register of the shared store, where
 * it ends by itself; beside it stands a number that grows with every news, and every replica looks at it twice a second. A
 * message says that it is worth looking at once.
 *
 * <p>Guaranteed, as long as the store keeps what it is given: what one replica knows, all know within {@link #TICK} and the
 * time of an answer. Each replica holds all of it in memory and writes back what the store has lost, whenever that shows,
 * and at the latest after {@link #ALL_AGAIN}. Nothing becomes known that no replica has sealed: whoever can write to the
 * store can withhold a revocation, and never make one. Nothing that is read there ends the looking.
 *
 * <p>Not checked: the clocks of the replicas, apart from that no record lasts longer here than one that were made now.
 */
public final class FleetRevocations implements RevocationSpread, SmartLifecycle {

    /** How often each replica looks whether there is something new, with one question. */
    public static final Duration TICK = Duration.ofMillis(500);

    /** Of each command: nobody's request waits for it, and a lost tick is worse than a slow one. */
    public static final Duration DEADLINE = Duration.ofSeconds(1);

    /** How often each replica compares everything, although nothing says that there is something new. */
    public static final Duration ALL_AGAIN = Duration.ofMinutes(5);

    /** How often at most, when there is reason to doubt that the newest are all that is new. */
    static final Duration DOUBTS = Duration.ofSeconds(30);

    /** How long the start waits for what the others know. A cold JVM on a busy machine takes a while. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    /** One read brings a part of the register only, so that it stays small. */
    static final int PARTS = 16;

    /** Of each part: for as many as a replica holds, spread with some luck. */
    static final int MAX_READ = 8_192;

    /** Of each part, when there is something new: what is new lasts longest. */
    static final int NEWEST = 64;

    /** In one round, so that what is new meanwhile does not wait for all that is old. */
    static final int MAX_WRITTEN = 2_000;

    /** At the same time. */
    private static final int WRITERS = 16;

    /** Revocations that wait for the store to come back; with more, everything is compared. */
    private static final int MAX_UNTOLD = 10_000;

    /** The number grows by one with what is newest, and to a multiple of this when something older has come to light. */
    static final long STRIDE = 1L << 20;

    /** No fleet comes that far: more is somebody's doing. */
    static final long MAX_NUMBER = RedisStore.MAX_NUMBER;

    private static final byte[] NEWS = {1};

    /** Of clocks that differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final Logger log = LoggerFactory.getLogger(FleetRevocations.class);

    /** Where an operator looks for what was revoked. */
    private static final Logger audit = LoggerFactory.getLogger("procura.revocation");

    /** In one round; the rest is a number. */
    static final int MAX_HEARD_LINES = 20;

    private final SharedStore store;
    private final Revocations revocations;
    private final Duration life;
    private final Alarms alarms;
    private final AlarmPace pace;
    private final Scheduler scheduler;
    private final Clock clock;
    private final List<Register> parts;
    private final List<String> numberNames;
    private final String topic;
    private final Rounds rounds;
    private final Hearing hearing;
    private final CutOff cutOff;
    private final CompletableFuture<Boolean> firstSync = new CompletableFuture<>();

    /** What counts here and may not be in the register. */
    private final Set<Revocation> untold = ConcurrentHashMap.newKeySet();

    /** Something may be in the register that was never counted. */
    private final AtomicBoolean uncounted = new AtomicBoolean();

    /** Something may have been missed, here or in the register. */
    private final AtomicBoolean allWanted = new AtomicBoolean(true);

    // Of the last round that reached its end. Rounds do not overlap.
    private volatile List<Long> seen = List.of();
    private volatile Instant allRead = Instant.MIN;
    private volatile boolean complained;
    private volatile boolean doubtful;
    private volatile int heardInRound;

    /** What refuses every token; records that go no further need not be held beside it. */
    private volatile @Nullable Revocation floor;

    /** Being taken over from the register: no news to tell. */
    private volatile @Nullable Revocation takenOver;

    /**
     * @param life how long a revocation is kept
     * @param scheduler for the ticks, and for opening what was read: one thread will do
     */
    public record Surroundings(
            Revocations revocations, Duration life, Alarms alarms, Scheduler scheduler, Clock clock) {}

    /**
     * What a round has to write.
     *
     * @param more whether there is some for another one
     */
    private record Debt(List<Revocation> revocations, boolean more) {}

    public FleetRevocations(SharedStore store, Seals seals, Surroundings surroundings) {
        this.store = store;
        this.revocations = surroundings.revocations();
        this.life = surroundings.life();
        this.alarms = surroundings.alarms();
        this.scheduler = surroundings.scheduler();
        this.clock = surroundings.clock();
        this.pace = new AlarmPace(clock);
        this.parts = IntStream.range(0, PARTS)
                .mapToObj(part -> new Register(store, seals, Purpose.REVOCATION, "revocations " + part, scheduler))
                .toList();
        byte[] label = "revocations".getBytes(StandardCharsets.UTF_8);
        this.numberNames = seals.names(Purpose.GENERATION, label);
        List<String> topics = seals.names(Purpose.NEWS, label);
        this.topic = topics.get(0);
        this.rounds = new Rounds(TICK, scheduler, this::round);
        this.hearing = new Hearing(store, topics, scheduler, rounds::ask, () -> allWanted.set(true));
        this.cutOff = new CutOff(clock.instant());
        revocations.listen(this::learned);
    }

    /** Begins to look and to hear. */
    @Override
    public void start() {
        rounds.start();
        hearing.start();
    }

    @Override
    public void stop() {
        hearing.stop();
        rounds.stop();
    }

    @Override
    public boolean isRunning() {
        return rounds.isRunning();
    }

    /** After the last request, and before the connection to the store ends. */
    @Override
    public int getPhase() {
        return 1;
    }

    /** Ends when this replica knows what the others know, or after so long; never with an error. */
    public Mono<Void> started(Duration patience) {
        return Mono.fromFuture(firstSync, true)
                .timeout(patience, scheduler)
                .onErrorResume(TimeoutException.class, late -> {
                    cutOff.alarm(clock.instant()).ifPresent(time -> {
                        log.warn("starting without the revocations of the other replicas: the shared store has not"
                                + " answered in time; they count as soon as it does");
                        alarm("this replica starts without knowing what others have revoked: the shared store has not"
                                + " answered (spring.data.redis)");
                    });
                    return Mono.empty();
                })
                .then();
    }

    /** Somebody has seen a sign that there is something new. */
    public void look() {
        rounds.ask();
    }

    /** Since when something may have been revoked elsewhere that is not known here. */
    public Optional<Instant> cutOffSince() {
        return cutOff.since();
    }

    @Override
    public Mono<Told> tell(Revocation revocation) {
        return Mono.defer(() -> {
            Optional<byte[]> record = RevocationCodec.encode(revocation);
            if (record.isEmpty()) {
                return Mono.just(tooLong());
            }
            return write(revocation, record.get())
                    .then(Mono.defer(this::count))
                    .then(news())
                    .thenReturn(Told.FLEET)
                    .onErrorResume(failure -> {
                        uncounted.set(true);
                        rounds.ask();
                        return Mono.just(Told.THIS_REPLICA);
                    });
        });
    }

    private Mono<Void> write(Revocation revocation, byte[] record) {
        return parts.get(partOf(record))
                .write(record, revocation.until())
                .then(Mono.fromRunnable(() -> untold.remove(revocation)));
    }

    /** Where the number is beyond belief, everybody looks in every round anyway; perhaps it can be mended. */
    private Mono<Long> count() {
        boolean counts = seen.isEmpty() || isBelievable(seen.get(0));
        Mono<Long> counted = Mono.defer(() -> store.increase(numberNames.get(0), believable(revocations.generation())));
        return counts ? counted : counted.onErrorComplete(failure -> !(failure instanceof SharedStore.OutOfReach));
    }

    /** A message that is lost costs the others no more than a tick. */
    private Mono<Void> news() {
        return Mono.defer(() -> store.tell(topic, NEWS)).onErrorComplete();
    }

    /** Whatever begins to count here, by whomever, belongs into the register. */
    private void learned(Revocation revocation) {
        boolean told = revocation.equals(takenOver);
        if (revocation.what() == Revocation.What.Everything.EVERYTHING) {
            Revocation before = floor;
            told |= revocation.equals(before);
            floor = before == null ? revocation : both(before, revocation);
        }
        if (told) {
            return;
        }
        if (untold.size() < MAX_UNTOLD) {
            untold.add(revocation);
        } else {
            allWanted.set(true);
        }
    }

    private Mono<Void> round() {
        return numbers()
                .flatMap(this::follow)
                .doOnNext(numbers -> inSync())
                // It has hung: nobody knows what it has done.
                .doOnCancel(() -> {
                    uncounted.set(true);
                    failed(new SharedStore.OutOfReach("a round without an end"));
                })
                .onErrorResume(failure -> {
                    failed(failure);
                    return Mono.empty();
                })
                .doFinally(end -> saySum())
                .then();
    }

    private Mono<List<Long>> numbers() {
        return Flux.fromIterable(numberNames)
                .concatMap(name -> Mono.defer(() -> store.number(name))
                        .defaultIfEmpty(0L)
                        // No number: somebody's doing, and no reason to be cut off.
                        .onErrorResume(failure -> !(failure instanceof SharedStore.OutOfReach), odd -> Mono.just(-1L)))
                .collectList();
    }

    /** @return the numbers, now that everything that they stand for is known here */
    private Mono<List<Long>> follow(List<Long> numbers) {
        Instant now = clock.instant();
        boolean all = isAllWanted(numbers, now);
        boolean counting = uncounted.getAndSet(false);
        return read(numbers, all, now)
                .flatMap(debt -> pay(debt)
                        .flatMap(written -> raise(numbers, counting || written))
                        .then(Mono.fromRunnable(() -> settle(numbers, all, debt, now))))
                .doOnError(failure -> {
                    if (counting) {
                        uncounted.set(true);
                    }
                })
                .thenReturn(numbers);
    }

    private boolean isAllWanted(List<Long> numbers, Instant now) {
        List<Long> before = seen;
        return allWanted.getAndSet(false)
                || before.isEmpty()
                || !now.isBefore(allRead.plus(ALL_AGAIN))
                || (doubtful && !now.isBefore(allRead.plus(DOUBTS)))
                || IntStream.range(0, numbers.size()).anyMatch(i -> hidesOldNews(before.get(i), numbers.get(i)));
    }

    /** The store is not what it was, or something was written that is not among the newest. */
    private static boolean hidesOldNews(long before, long number) {
        return number != before
                && isBelievable(number)
                && (!isBelievable(before) || number < before || number / STRIDE != before / STRIDE);
    }

    private Mono<Debt> read(List<Long> numbers, boolean all, Instant now) {
        if (all) {
            return readAll(now);
        }
        boolean changed = !numbers.equals(seen) || !numbers.stream().allMatch(FleetRevocations::isBelievable);
        return (changed ? readNewest(now) : Mono.<Void>empty())
                .then(Mono.fromSupplier(() -> debt(untold.stream(), now)));
    }

    private Mono<Void> readNewest(Instant now) {
        AtomicInteger unread = new AtomicInteger();
        AtomicInteger known = new AtomicInteger();
        AtomicBoolean cut = new AtomicBoolean();
        return Flux.fromIterable(parts)
                .concatMap(part -> read(part, now, NEWEST, unread).flatMap(newest -> {
                    int news = takeOver(newest, now, new HashMap<>());
                    known.addAndGet(news);
                    cut.compareAndSet(false, newest.cut());
                    boolean hidesMore = newest.cut() && (newest.refused() > 0 || news > NEWEST / 4);
                    return hidesMore
                            ? part.read(now, MAX_READ).doOnNext(more -> takeOver(more, now, new HashMap<>()))
                            : Mono.just(newest);
                }))
                .then(Mono.defer(() -> {
                    // Told of news, and found none: it may stand behind older ones that somebody lets last longer.
                    doubtful |= known.get() == 0 && cut.get();
                    return checked(unread);
                }));
    }

    /** One part that cannot be read leaves the others. */
    private Mono<Register.Part> read(Register part, Instant now, int limit, AtomicInteger unread) {
        return part.read(now, limit)
                .doOnError(Refused.class, no -> unread.incrementAndGet())
                .onErrorReturn(Refused.class, new Register.Part(List.of(), 1, false));
    }

    /** Where none can be read, it is not in sync: the rights in the store may be wrong. */
    private static Mono<Void> checked(AtomicInteger unread) {
        return unread.get() < PARTS
                ? Mono.empty()
                : Mono.error(new SharedStore.OutOfReach("the store refuses to let any of them be read"));
    }

    private Mono<Debt> readAll(Instant now) {
        Map<Revocation.What, Revocation> held = new HashMap<>();
        Set<Integer> cut = new HashSet<>();
        AtomicInteger unread = new AtomicInteger();
        return Flux.range(0, PARTS)
                .concatMap(part -> read(parts.get(part), now, MAX_READ, unread).doOnNext(read -> {
                    takeOver(read, now, held);
                    if (read.cut()) {
                        cut.add(part);
                    }
                }))
                .then(Mono.defer(() -> checked(unread)))
                .then(Mono.fromSupplier(() -> debt(
                        Stream.concat(
                                untold.stream(),
                                revocations.all().stream().filter(revocation -> isMissing(revocation, held, cut))),
                        now)));
    }

    /** What stands beyond what is read may be there. */
    private static boolean isMissing(Revocation revocation, Map<Revocation.What, Revocation> held, Set<Integer> cut) {
        return !covers(held.get(revocation.what()), revocation)
                && RevocationCodec.encode(revocation)
                        .filter(record -> !cut.contains(partOf(record)))
                        .isPresent();
    }

    private static boolean covers(@Nullable Revocation one, Revocation other) {
        return one != null
                && !one.notBefore().isBefore(other.notBefore())
                && !one.until().isBefore(other.until());
    }

    /** The longest lasting first. */
    private Debt debt(Stream<Revocation> missing, Instant now) {
        List<Revocation> all = missing.filter(revocation -> isAlive(revocation, now))
                .distinct()
                .sorted(Comparator.comparing(Revocation::until).reversed())
                .limit(MAX_WRITTEN + 1L)
                .toList();
        return all.size() > MAX_WRITTEN ? new Debt(all.subList(0, MAX_WRITTEN), true) : new Debt(all, false);
    }

    private boolean isAlive(Revocation revocation, Instant now) {
        if (now.isBefore(revocation.until())) {
            return true;
        }
        untold.remove(revocation);
        return false;
    }

    /**
     * @param held grows by what stands where this replica would have written it
     * @return how much was not known
     */
    private int takeOver(Register.Part read, Instant now, Map<Revocation.What, Revocation> held) {
        int news = 0;
        int refused = read.refused();
        for (Register.Opened record : read.records()) {
            Optional<Revocation> decoded = RevocationCodec.decode(record.plain());
            if (decoded.isEmpty()) {
                refused++;
                continue;
            }
            Revocation revocation = decoded.get();
            if (record.isCurrent()) {
                held.merge(revocation.what(), revocation, FleetRevocations::both);
            }
            if (now.isBefore(revocation.until()) && !covers(floor, revocation) && takeOver(bounded(revocation, now))) {
                news++;
                heard(revocation);
            }
        }
        if (refused > 0 && pace.mayRing(Alarm.SHARED_RECORD_REFUSED, Purpose.REVOCATION)) {
            alarms.raise(
                    Alarm.SHARED_RECORD_REFUSED,
                    refused
                            + " record(s) in the shared store's register of revocations are not this gateway's and count"
                            + " for nothing: somebody else writes there (procura.cache.seal-keys, the rights in Redis)");
        }
        return news;
    }

    private void heard(Revocation revocation) {
        int before = heardInRound;
        heardInRound = before + 1;
        if (before < MAX_HEARD_LINES) {
            audit.info(
                    "heard what={} not-before={}",
                    Prose.forLog(revocation.what().toString()),
                    revocation.notBefore());
        }
    }

    private void saySum() {
        if (heardInRound > MAX_HEARD_LINES) {
            audit.info("heard {} more", heardInRound - MAX_HEARD_LINES);
        }
        heardInRound = 0;
    }

    private boolean takeOver(Revocation revocation) {
        takenOver = revocation;
        try {
            return revocations.add(revocation);
        } finally {
            takenOver = null;
        }
    }

    /** Another one's clock, or another one's configuration: no replica keeps it longer than its own. */
    private Revocation bounded(Revocation revocation, Instant now) {
        Instant last = now.plus(life);
        return revocation.until().isAfter(last.plus(SKEW))
                ? new Revocation(revocation.what(), revocation.notBefore(), last)
                : revocation;
    }

    private static Revocation both(Revocation one, Revocation other) {
        return new Revocation(
                one.what(),
                one.notBefore().isAfter(other.notBefore()) ? one.notBefore() : other.notBefore(),
                one.until().isAfter(other.until()) ? one.until() : other.until());
    }

    /** @return whether something was written */
    private Mono<Boolean> pay(Debt debt) {
        return Flux.fromIterable(debt.revocations())
                .flatMap(
                        revocation -> RevocationCodec.encode(revocation)
                                .map(record -> write(revocation, record)
                                        .thenReturn(true)
                                        .onErrorResume(Refused.class, no -> {
                                            // The others have to get through; it is tried again when all is compared.
                                            untold.remove(revocation);
                                            refusedToWrite(no);
                                            return Mono.just(false);
                                        }))
                                .orElseGet(() -> Mono.fromSupplier(() -> {
                                    untold.remove(revocation);
                                    tooLong();
                                    return false;
                                })),
                        WRITERS)
                .reduce(false, (one, other) -> one || other);
    }

    private void refusedToWrite(Refused no) {
        if (pace.mayRing(Alarm.SHARED_RECORD_REFUSED, Purpose.REVOCATION)) {
            alarms.raise(
                    Alarm.SHARED_RECORD_REFUSED,
                    "the shared store refuses to take a revocation (" + no.getMessage()
                            + "): it counts on this replica, and on those that know it (the rights in Redis, its memory)");
        }
    }

    /** @param old whether what is new may not be among the newest */
    private Mono<Void> raise(List<Long> numbers, boolean old) {
        long number = numbers.get(0);
        long reached = Math.max(number, believable(revocations.generation()));
        if (!isBelievable(number) || (!old && number == reached)) {
            return Mono.empty();
        }
        long next = old ? (reached / STRIDE + 1) * STRIDE : reached;
        return Mono.defer(() -> store.increase(numberNames.get(0), next - 1)).then(news());
    }

    private void settle(List<Long> numbers, boolean all, Debt debt, Instant now) {
        seen = numbers;
        if (all) {
            allRead = now;
            doubtful = false;
        }
        if (debt.more()) {
            allWanted.set(true);
        }
        numbers.stream()
                .filter(FleetRevocations::isBelievable)
                .max(Comparator.naturalOrder())
                .ifPresent(revocations::caughtUpWith);
        if (!numbers.stream().allMatch(FleetRevocations::isBelievable)
                && pace.mayRing(Alarm.SHARED_RECORD_REFUSED, Purpose.GENERATION)) {
            alarms.raise(
                    Alarm.SHARED_RECORD_REFUSED,
                    "the shared store's number of revocations is none that this gateway has counted: it reads the newest"
                            + " ones twice a second until somebody empties that Redis (the rights in Redis)");
        }
    }

    private void inSync() {
        cutOff.inSync(clock.instant())
                .ifPresent(time -> log.info(
                        "in sync again with what the other replicas revoke, after {} s cut off", time.toSeconds()));
        complained = false;
        firstSync.complete(true);
    }

    private void failed(Throwable failure) {
        allWanted.set(true);
        if (!(failure instanceof SharedStore.OutOfReach) && !complained) {
            complained = true;
            log.error("revocations could not be compared with the shared store; tried again", failure);
        }
        cutOff.failed(clock.instant())
                .ifPresent(time -> alarm("this replica has not heard for " + time.toSeconds()
                        + " s what others revoke: the shared store cannot be reached; what is revoked here counts here"
                        + " (spring.data.redis)"));
    }

    private void alarm(String reason) {
        alarms.raise(Alarm.FLEET_CUT_OFF, reason);
    }

    private static Told tooLong() {
        log.error("a revocation is too long to be shared: it counts on this replica alone");
        return Told.THIS_REPLICA;
    }

    private static boolean isBelievable(long number) {
        return number >= 0 && number <= MAX_NUMBER;
    }

    private static long believable(long generation) {
        return Math.max(0, Math.min(generation, MAX_NUMBER - STRIDE));
    }

    /** By all of its bits, spread over the four that count. */
    private static int partOf(byte[] record) {
        return (Arrays.hashCode(record) * 0x9E3779B9) >>> (Integer.SIZE - Integer.numberOfTrailingZeros(PARTS));
    }

    @Override
    public String toString() {
        return "FleetRevocations" + new ArrayList<>(seen);
    }
}
