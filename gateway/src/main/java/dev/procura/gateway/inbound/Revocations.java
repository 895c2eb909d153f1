package dev.procura.gateway.inbound;

import dev.procura.gateway.problem.Alarm;
import dev.procura.gateway.problem.AlarmPace;
import dev.procura.gateway.problem.Alarms;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been revoked, as far as this replica knows. Whoever uses a token, or what was obtained with one, asks here first;
 * whoever keeps some is told of each new revocation.
 *
 * <p>Guarantees: what was revoked stays so until the record's end, without a gap, however often and in whatever order
 * records of the same tokens are added; a question costs as many lookups as a token has names. Bounded: when there are
 * {@link #MAX_RECORDS}, the oldest of the issuer that has the most become one record that refuses every token of that issuer
 * as old as they are. That refuses more than was asked for, never less, and rings an alarm. What names no issuer, and issuers
 * that are as many as records, become one that refuses every token.
 */
public final class Revocations {

    public static final int MAX_RECORDS = 100_000;

    private static final Logger log = LoggerFactory.getLogger(Revocations.class);

    private static final Comparator<Held> OLDEST_FIRST =
            Comparator.comparing((Held held) -> held.revocation().notBefore()).thenComparingLong(Held::number);
    private static final Comparator<Held> FIRST_TO_END =
            Comparator.comparing((Held held) -> held.revocation().until()).thenComparingLong(Held::number);

    /** @param number tells apart what is equally old */
    private record Held(Revocation revocation, long number) {}

    private final Clock clock;
    private final int maxRecords;
    private final Runnable whenFull;
    private final List<Consumer<Revocation>> listeners = new CopyOnWriteArrayList<>();

    // Written under the lock alone, read without it.
    private final Map<Revocation.What, Held> byWhat = new ConcurrentHashMap<>();
    private volatile @Nullable Revocation everything;
    private volatile long generation;

    // Guarded by this: the same records, in the orders in which they go.
    private final TreeSet<Held> byAge = new TreeSet<>(OLDEST_FIRST);
    private final TreeSet<Held> byEnd = new TreeSet<>(FIRST_TO_END);
    /** By what they would become part of. */
    private final Map<Revocation.What, TreeSet<Held>> byScope = new HashMap<>();

    private long lastNumber;

    public Revocations(Alarms alarms, Clock clock) {
        this(clock, MAX_RECORDS, alarmOf(alarms, clock));
    }

    /** Without an alarm, for those who need none. */
    public Revocations(Clock clock) {
        this(clock, MAX_RECORDS, () -> {});
    }

    Revocations(Clock clock, int maxRecords, Runnable whenFull) {
        this.clock = clock;
        this.maxRecords = maxRecords;
        this.whenFull = whenFull;
    }

    private static Runnable alarmOf(Alarms alarms, Clock clock) {
        AlarmPace pace = new AlarmPace(clock);
        return () -> {
            if (pace.mayRing(Alarm.REVOCATIONS_FULL)) {
                alarms.raise(
                        Alarm.REVOCATIONS_FULL,
                        "more than " + MAX_RECORDS
                                + " revocations are held: instead of the oldest of the issuer that has the most, every"
                                + " token of that issuer as old as they are is refused (procura.cache.revocation-life)");
            }
        };
    }

    /** Is told of every revocation after it has begun to count; of what others are told at the same time, in any order. */
    public void listen(Consumer<Revocation> listener) {
        listeners.add(listener);
    }

    /**
     * One that only lasts longer than what is known of the same tokens is joined to it without a word: it refuses no token that
     * was not refused before.
     *
     * @return whether it refuses more than what was known
     */
    public boolean add(Revocation revocation) {
        List<Revocation> news = learn(revocation);
        if (news.size() > 1) {
            whenFull.run();
        }
        news.forEach(this::tell);
        return !news.isEmpty();
    }

    /** What begins to count: the revocation, and what takes the place of those that have no room any more. */
    private synchronized List<Revocation> learn(Revocation revocation) {
        Instant now = clock.instant();
        forgetEnded(now);
        if (!now.isBefore(revocation.until()) || isPartOfItsIssuers(revocation)) {
            return List.of();
        }
        Revocation known = known(revocation.what());
        Revocation both = known == null ? revocation : known.and(revocation);
        if (both.equals(known)) {
            return List.of();
        }
        hold(both);
        if (known != null && both.notBefore().equals(known.notBefore())) {
            return List.of();
        }
        List<Revocation> news = new ArrayList<>();
        news.add(both);
        if (byWhat.size() > maxRecords) {
            news.add(foldOldest());
        }
        // Last: who sees the number sees the records.
        generation = generation + 1;
        return news;
    }

    private @Nullable Revocation known(Revocation.What what) {
        if (what == Revocation.What.Everything.EVERYTHING) {
            return everything;
        }
        Held held = byWhat.get(what);
        return held == null ? null : held.revocation();
    }

    private void hold(Revocation revocation) {
        if (revocation.what() == Revocation.What.Everything.EVERYTHING) {
            everything = revocation;
            return;
        }
        Held held = new Held(revocation, ++lastNumber);
        Held before = byWhat.put(revocation.what(), held);
        if (before != null) {
            forget(before);
        }
        byAge.add(held);
        byEnd.add(held);
        byScope.computeIfAbsent(scopeOf(revocation.what()), scope -> new TreeSet<>(OLDEST_FIRST))
                .add(held);
    }

    /** Several at once, so that whoever keeps tokens is not made to look through all of them for each. */
    private Revocation foldOldest() {
        Map.Entry<Revocation.What, TreeSet<Held>> most = Collections.max(
                byScope.entrySet(),
                Comparator.comparingInt(scope -> scope.getValue().size()));
        // One that takes the place of one saves nothing: then there are as many issuers as records.
        boolean saves = most.getValue().size() > 1;
        Revocation.What scope = saves ? most.getKey() : Revocation.What.Everything.EVERYTHING;
        int count = Math.max(byWhat.size() - maxRecords, maxRecords / 100);
        List<Held> oldest =
                (saves ? most.getValue() : byAge).stream().limit(count).toList();
        Revocation floor = known(scope);
        for (Held held : oldest) {
            Revocation wider = new Revocation(
                    scope, held.revocation().notBefore(), held.revocation().until());
            floor = floor == null ? wider : floor.and(wider);
        }
        // Before the records go: there is no moment in which neither counts.
        hold(Objects.requireNonNull(floor));
        oldest.forEach(this::drop);
        return floor;
    }

    /** What a record becomes part of when there is no room for it: never more than its issuer, as long as it has one. */
    private static Revocation.What scopeOf(Revocation.What what) {
        if (what instanceof Revocation.What.Subject subject) {
            return new Revocation.What.Issuer(subject.issuer());
        }
        if (what instanceof Revocation.What.Session session) {
            return new Revocation.What.Issuer(session.issuer());
        }
        if (what instanceof Revocation.What.Client client) {
            return new Revocation.What.Issuer(client.issuer());
        }
        if (what instanceof Revocation.What.Tenant tenant && tenant.issuer().isPresent()) {
            return new Revocation.What.Issuer(tenant.issuer().get());
        }
        return Revocation.What.Everything.EVERYTHING;
    }

    /** Of another replica, which has not had to fold it, it would come again and again. */
    private boolean isPartOfItsIssuers(Revocation revocation) {
        if (!(scopeOf(revocation.what()) instanceof Revocation.What.Issuer issuer)) {
            return false;
        }
        Revocation floor = known(issuer);
        return floor != null
                && floor.equals(floor.and(new Revocation(issuer, revocation.notBefore(), revocation.until())));
    }

    private void forgetEnded(Instant now) {
        while (!byEnd.isEmpty() && !now.isBefore(byEnd.first().revocation().until())) {
            drop(byEnd.first());
        }
        Revocation floor = everything;
        if (floor != null && !now.isBefore(floor.until())) {
            everything = null;
        }
    }

    private void drop(Held held) {
        byWhat.remove(held.revocation().what());
        forget(held);
    }

    private void forget(Held held) {
        byAge.remove(held);
        byEnd.remove(held);
        byScope.computeIfPresent(scopeOf(held.revocation().what()), (scope, all) -> {
            all.remove(held);
            return all.isEmpty() ? null : all;
        });
    }

    /** One that fails is a bug of its own: the others still have to know. */
    private void tell(Revocation revocation) {
        for (Consumer<Revocation> listener : listeners) {
            try {
                listener.accept(revocation);
            } catch (RuntimeException e) {
                log.error("a listener failed on a revocation; the revocation counts all the same", e);
            }
        }
    }

    /** Grows with everything that becomes known: while it is the same, an earlier answer stands. */
    public long generation() {
        return generation;
    }

    /** The number that the fleet has reached, now that its revocations are known here. */
    public synchronized void caughtUpWith(long fleetGeneration) {
        generation = Math.max(generation, fleetGeneration);
    }

    public boolean revokes(Provenance token) {
        return covering(token).isPresent();
    }

    /** What refuses a token from there. */
    Optional<Revocation> covering(Provenance token) {
        Instant now = clock.instant();
        for (Revocation.What name : namesOf(token)) {
            Held held = byWhat.get(name);
            if (held != null
                    && now.isBefore(held.revocation().until())
                    && held.revocation().fits(token)) {
                return Optional.of(held.revocation());
            }
        }
        // Last: what was not found above because it has just been folded counts in here already.
        return Optional.ofNullable(everything).filter(floor -> now.isBefore(floor.until()) && floor.fits(token));
    }

    /** All by which a record can mean the token. */
    private static List<Revocation.What> namesOf(Provenance token) {
        List<Revocation.What> names = new ArrayList<>();
        token.subjects().forEach(subject -> names.add(new Revocation.What.Subject(token.issuer(), subject)));
        token.session().ifPresent(session -> names.add(new Revocation.What.Session(token.issuer(), session)));
        token.clientId().ifPresent(client -> names.add(new Revocation.What.Client(token.issuer(), client)));
        token.tenant().ifPresent(tenant -> {
            names.add(new Revocation.What.Tenant(Optional.of(token.issuer()), tenant));
            names.add(new Revocation.What.Tenant(Optional.empty(), tenant));
        });
        // Last, as the floor is: the others are folded into it.
        names.add(new Revocation.What.Issuer(token.issuer()));
        return names;
    }

    /**
     * Whether a credential does not count any more.
     *
     * @param origins where the tokens come from that it was obtained with; empty for the gateway's own
     * @param obtainedAt when
     */
    public boolean revokes(Collection<Provenance> origins, Instant obtainedAt) {
        Revocation floor = everything;
        return (floor != null && clock.instant().isBefore(floor.until()) && !obtainedAt.isAfter(floor.notBefore()))
                || origins.stream().anyMatch(this::revokes);
    }

    /** The record that counts for these tokens, whoever added it. */
    Optional<Revocation> counting(Revocation.What what) {
        Instant now = clock.instant();
        return Optional.ofNullable(known(what)).filter(revocation -> now.isBefore(revocation.until()));
    }

    /** All that still count. */
    public synchronized List<Revocation> all() {
        forgetEnded(clock.instant());
        List<Revocation> all = new ArrayList<>(byWhat.size() + 1);
        byAge.forEach(held -> all.add(held.revocation()));
        Revocation floor = everything;
        if (floor != null) {
            all.add(floor);
        }
        return all;
    }
}
