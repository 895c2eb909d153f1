package dev.procura.gateway.idp;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.procura.gateway.credential.Client;
import dev.procura.gateway.credential.Grant;
import dev.procura.gateway.inbound.Identity;
import dev.procura.gateway.problem.Problem;
import dev.procura.gateway.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * While asking is known to be of no use: after a server has refused a client's own credentials, and while it has asked for
 * time ({@code Retry-After}). Each client pauses by itself, at each of its tenants. A server may limit one user only, so the
 * first one that is sent away waits alone; the client pauses when a second one is, or when it asked in its own name. Nothing
 * else that a caller can cause pauses one. When a pause is over, one asks first, and the others hear what came of it.
 */
public final class Pauses {

    /** Long enough to spare the server, short enough that a mended secret works at once. */
    static final Duration AFTER_REFUSED_CREDENTIALS = Duration.ofSeconds(10);

    /** How long those wait who find that somebody is asking already. */
    static final Duration WHILE_ONE_ASKS = Duration.ofSeconds(1);

    private static final int MAX_PAUSES = 10_000;

    /** @param first the question that is put after the pause, as long as nobody knows what came of it */
    private record Pause(
            ProblemException reason,
            Instant until,
            @Nullable Question first) {

        boolean lasts(Instant now) {
            return now.isBefore(until);
        }

        static Pause longer(Pause one, Pause other) {
            return one.until.isAfter(other.until) ? one : other;
        }
    }

    private record SentAway(Identity subject, Pause pause) {}

    /** One question from its beginning to its end. */
    static final class Question {

        private final Grant grant;

        Question(Grant grant) {
            this.grant = grant;
        }
    }

    /** The cause of what a pause has refused: there was no answer, so it begins none. */
    static final class NotAsked extends Exception {

        private static final long serialVersionUID = 1L;

        private NotAsked() {
            super(null, null, false, false);
        }
    }

    private final Clock clock;

    // One entry for each configured client, or for each tenant where a client has many.
    private final Map<Client, Pause> pauses = bounded();
    private final Map<Client, SentAway> sentAway = bounded();

    public Pauses(Clock clock) {
        this.clock = clock;
    }

    private static <V> Map<Client, V> bounded() {
        return Caffeine.newBuilder().maximumSize(MAX_PAUSES).<Client, V>build().asMap();
    }

    /**
     * Empty when it may be asked, and then one of {@link #answered}, {@link #refused} and {@link #left} has to be told;
     * otherwise why not, and for how long.
     */
    Optional<ProblemException> enter(Question question) {
        Instant now = clock.instant();
        Optional<ProblemException> alone = sentAway(question.grant, now);
        if (alone.isPresent()) {
            return alone;
        }
        Pause pause = pauses.computeIfPresent(
                question.grant.client(),
                (any, last) -> last.lasts(now) || last.first() != null
                        ? last
                        : new Pause(last.reason(), last.until(), question));
        return pause == null || pause.first() == question ? Optional.empty() : Optional.of(left(pause, now));
    }

    /** The same for a question that has waited for its turn, and may have been overtaken by a pause meanwhile. */
    Optional<ProblemException> whyNot(Grant grant) {
        Instant now = clock.instant();
        Pause pause = pauses.get(grant.client());
        return pause != null && pause.lasts(now) ? Optional.of(left(pause, now)) : sentAway(grant, now);
    }

    private Optional<ProblemException> sentAway(Grant grant, Instant now) {
        SentAway away = sentAway.get(grant.client());
        return away != null && away.pause().lasts(now) && subject(grant).equals(Optional.of(away.subject()))
                ? Optional.of(left(away.pause(), now))
                : Optional.empty();
    }

    private static ProblemException left(Pause pause, Instant now) {
        return ProblemException.of(
                        pause.reason().problem(),
                        "not asked during the pause that began with: "
                                + pause.reason().reason())
                .causedBy(new NotAsked())
                .retryAfter(pause.lasts(now) ? Duration.between(now, pause.until()) : WHILE_ONE_ASKS);
    }

    /** It has brought a token: a pause that it was the first after is over. */
    void answered(Question question) {
        pauses.computeIfPresent(question.grant.client(), (any, last) -> last.first() == question ? null : last);
    }

    /** Nothing is known of it: another one may be the first. */
    void left(Question question) {
        pauses.computeIfPresent(
                question.grant.client(),
                (any, last) -> last.first() == question ? new Pause(last.reason(), last.until(), null) : last);
    }

    /** It has failed: a pause is over, and the next may begin. */
    void refused(Question question, ProblemException failure) {
        answered(question);
        Client client = question.grant.client();
        if (failure.problem() == Problem.CLIENT_REFUSED) {
            pause(client, failure, AFTER_REFUSED_CREDENTIALS);
        } else if (failure.problem() == Problem.AUTHORIZATION_SERVER_UNAVAILABLE) {
            failure.retryAfter().ifPresent(delay -> sendAway(question.grant, failure, delay));
        }
    }

    private void sendAway(Grant grant, ProblemException reason, Duration delay) {
        Optional<Identity> subject = subject(grant);
        if (subject.isEmpty()) {
            pause(grant.client(), reason, delay);
            return;
        }
        Pause pause = new Pause(reason, clock.instant().plus(delay), null);
        sentAway.merge(grant.client(), new SentAway(subject.get(), pause), (earlier, later) -> {
            if (!earlier.subject().equals(later.subject()) && earlier.pause().lasts(clock.instant())) {
                pause(grant.client(), reason, delay);
            }
            return later.pause().until().isBefore(earlier.pause().until()) ? earlier : later;
        });
    }

    private void pause(Client client, ProblemException reason, Duration delay) {
        pauses.merge(client, new Pause(reason, clock.instant().plus(delay), null), Pause::longer);
    }

    private static Optional<Identity> subject(Grant grant) {
        return grant.inNameOf().map(onBehalfOf -> onBehalfOf.subject().identity());
    }
}
